//! `node_modules` folders of the project around a function: in a monorepo the SDK lies above it.

use std::path::{Component, Path, PathBuf};

use crate::local::sandbox::PackageFolder;

/// The folder below `/var/runtime` in which the project's folders are seen.
const PROJECT: &str = "project";

/// The `node_modules` folders from the function's folder up to the project's, nearest first.
///
/// The project is the git repository around the template; without one, the nearest folder that holds both
/// the template and the function. A folder of the function itself counts: what is a link in there leads out
/// of `/var/task`, but not out of the project.
pub(super) fn node_modules(
    task: Option<&Path>,
    base: &Path,
    home: Option<&Path>,
) -> Vec<PackageFolder> {
    let Ok(base) = base.canonicalize() else {
        return Vec::new();
    };
    let base = without_build_folder(&base);
    let start = task.unwrap_or(base);
    let top = match git_root(base).filter(|root| start.starts_with(root)) {
        Some(root) => root.to_owned(),
        None => shared(start, base),
    };
    // The folder of all users, or one user's whole home, is nobody's project.
    let too_wide = top.parent().is_none() || home.is_some_and(|home| home.starts_with(&top));
    let top = if too_wide { start } else { &top };
    start
        .ancestors()
        .take_while(|folder| folder.starts_with(top))
        .filter(|folder| folder.file_name().is_none_or(|name| name != "node_modules"))
        .filter_map(|folder| {
            let packages = folder.join("node_modules");
            let inside = folder.strip_prefix(top).ok()?;
            packages.is_dir().then(|| PackageFolder {
                folder: packages,
                at: Path::new(PROJECT).join(inside).join("node_modules"),
            })
        })
        .collect()
}

/// `sam build` writes its template and the functions to `.aws-sam/build` in the project.
pub(super) fn without_build_folder(base: &Path) -> &Path {
    base.ancestors()
        .find(|folder| folder.file_name().is_some_and(|name| name == ".aws-sam"))
        .and_then(Path::parent)
        .unwrap_or(base)
}

/// The nearest folder that is a git repository, a worktree or a submodule.
fn git_root(folder: &Path) -> Option<&Path> {
    folder
        .ancestors()
        .find(|folder| folder.join(".git").exists())
}

/// The nearest folder that holds both.
fn shared(a: &Path, b: &Path) -> PathBuf {
    a.components()
        .zip(b.components())
        .take_while(|(a, b)| a == b)
        .map(|(component, _): (Component<'_>, _)| component)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A folder with these folders in it.
    fn tree(folders: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        for folder in folders {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let path = root.path().canonicalize().unwrap();
        (root, path)
    }

    /// Where the guest sees the folders that are found.
    fn found(root: &Path, task: Option<&str>, base: &str, home: Option<&str>) -> Vec<String> {
        let task = task.map(|task| root.join(task));
        let home = home.map(|home| root.join(home));
        node_modules(task.as_deref(), &root.join(base), home.as_deref())
            .into_iter()
            .map(|found| found.at.display().to_string())
            .collect()
    }

    #[test]
    fn a_monorepo_is_looked_through_up_to_the_git_root() {
        let (_root, path) = tree(&[
            "node_modules",
            "repo/.git",
            "repo/node_modules",
            "repo/apps/shop/orders/src",
            "repo/apps/shop/orders/node_modules",
        ]);
        assert_eq!(
            found(
                &path,
                Some("repo/apps/shop/orders/src"),
                "repo/apps/shop",
                None
            ),
            [
                "project/apps/shop/orders/node_modules",
                "project/node_modules"
            ]
        );
    }

    #[test]
    fn without_git_it_ends_at_the_templates_folder() {
        let (_root, path) = tree(&["node_modules", "app/node_modules", "app/src"]);
        assert_eq!(
            found(&path, Some("app/src"), "app", None),
            ["project/node_modules"]
        );
        // A function made from a zip file or inline code starts there.
        assert_eq!(found(&path, None, "app", None), ["project/node_modules"]);
    }

    #[test]
    fn a_function_beside_the_templates_folder_is_in_the_project_too() {
        let (_root, path) = tree(&["dev/shop/node_modules", "dev/shop/src", "dev/shop/infra"]);
        assert_eq!(
            found(&path, Some("dev/shop/src"), "dev/shop/infra", None),
            ["project/node_modules"]
        );
    }

    #[test]
    fn a_home_folder_is_no_project() {
        let (_root, path) = tree(&["home/node_modules", "home/src/node_modules", "home/infra"]);
        assert_eq!(
            found(&path, Some("home/src"), "home/infra", Some("home")),
            ["project/node_modules"]
        );
        assert!(found(&path, Some("home/infra"), "home/src", Some("home")).is_empty());
    }

    #[test]
    fn what_sam_build_wrote_belongs_to_the_project() {
        let (_root, path) = tree(&["app/node_modules", "app/.aws-sam/build/Orders"]);
        assert_eq!(
            found(
                &path,
                Some("app/.aws-sam/build/Orders"),
                "app/.aws-sam/build",
                None
            ),
            ["project/node_modules"]
        );
    }

    #[test]
    fn a_template_that_is_not_there_has_no_project() {
        assert!(node_modules(None, Path::new("/nonexistent/x"), None).is_empty());
    }
}
