//! What tells editors about a template: its schema and its short tags.

use std::path::Path;

use serde_json::json;

use super::file::File;

/// Where the schema goes. Editors find it from the project's folder, without a network. Too large to be kept in Git,
/// which is told to leave the folder out; `hoist schema` makes it anew.
const SCHEMA: &str = ".hoist/template.schema.json";

/// What the README says about it.
const README: &str = "
## Your editor

The settings in `.vscode`, and the first line of `template.yaml`, have editors complete and check the template with a
schema that Git does not keep. After a clone, make it anew:

```sh
mkdir -p .hoist && hoist schema template > .hoist/template.schema.json
```
";

/// CloudFormation's short tags, with what each is written before.
///
/// Source: the setting `yaml.customTags` of yaml-language-server, and CloudFormation's intrinsic functions.
const TAGS: &[&str] = &[
    "!And sequence",
    "!Base64 scalar",
    "!Base64 mapping",
    "!Cidr sequence",
    "!Condition scalar",
    "!Equals sequence",
    "!FindInMap sequence",
    "!GetAtt scalar",
    "!GetAtt sequence",
    "!GetAZs scalar",
    "!GetAZs mapping",
    "!If sequence",
    "!ImportValue scalar",
    "!ImportValue mapping",
    "!Join sequence",
    "!Not sequence",
    "!Or sequence",
    "!Ref scalar",
    "!Select sequence",
    "!Split sequence",
    "!Sub scalar",
    "!Sub sequence",
    "!Transform mapping",
];

/// Adds the settings of VS Code, and the schema: VS Code is told of it by its settings, all other
/// editors with yaml-language-server by the template's first line.
pub(super) fn add(files: &mut Vec<File>, schema: &[u8]) {
    let settings = json!({
        "yaml.customTags": TAGS,
        "yaml.schemas": { SCHEMA: ["template.yaml"] },
    });
    files.push(File {
        path: SCHEMA.into(),
        content: schema.to_vec(),
    });
    for file in files.iter_mut() {
        if file.path == Path::new("template.yaml") {
            let line = format!("# yaml-language-server: $schema={SCHEMA}\n");
            file.content.splice(0..0, line.into_bytes());
        } else if file.path == Path::new("README.md") {
            file.content.extend_from_slice(README.as_bytes());
        }
    }
    for (path, value) in [
        (".vscode/settings.json", settings),
        (
            ".vscode/extensions.json",
            json!({ "recommendations": ["redhat.vscode-yaml"] }),
        ),
    ] {
        files.push(File {
            path: path.into(),
            content: format!("{value:#}\n").into_bytes(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template() -> File {
        File {
            path: "template.yaml".into(),
            content: b"Resources: {}\n".to_vec(),
        }
    }

    fn text(files: &[File], path: &str) -> Option<String> {
        let file = files.iter().find(|file| file.path == Path::new(path))?;
        String::from_utf8(file.content.clone()).ok()
    }

    #[test]
    fn editors_are_told_of_the_schema_that_is_written() {
        let mut files = vec![template()];
        add(&mut files, b"{}");
        let line = "# yaml-language-server: $schema=.hoist/template.schema.json\nResources: {}\n";
        assert_eq!(text(&files, "template.yaml").as_deref(), Some(line));
        assert_eq!(text(&files, SCHEMA).as_deref(), Some("{}"));
        let settings: serde_json::Value =
            serde_json::from_str(&text(&files, ".vscode/settings.json").unwrap()).unwrap();
        assert_eq!(settings["yaml.schemas"][SCHEMA], json!(["template.yaml"]));
    }
}
