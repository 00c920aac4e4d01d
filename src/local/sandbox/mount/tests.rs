//! The mounts as `node:fs` sees them.

#[cfg(unix)]
mod links;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::Mounts;
use crate::local::sandbox::PackageFolder;

const QUOTA: u64 = 1000;

struct World {
    task: TempDir,
    layers: [TempDir; 2],
    tmp: TempDir,
    mounts: Mounts,
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    std::fs::write(path, text).expect("a file");
}

fn world() -> World {
    let (task, layers, tmp) = (folder(), [folder(), folder()], folder());
    write(task.path(), "index.js", "code");
    write(task.path(), "lib/a.js", "a");
    write(layers[0].path(), "nodejs/both.js", "first");
    write(layers[0].path(), "nodejs/first.js", "first");
    write(layers[1].path(), "nodejs/both.js", "second");
    write(layers[1].path(), "bin/tool", "tool");
    let folders: Vec<PathBuf> = layers.iter().map(|layer| layer.path().to_owned()).collect();
    let mounts = Mounts::new(task.path(), &folders, tmp.path(), QUOTA).expect("mounts");
    World {
        task,
        layers,
        tmp,
        mounts,
    }
}

impl World {
    /// The answer's JSON and bytes, or the error as Node prints it.
    fn call(&self, name: &str, arguments: Value, data: &[u8]) -> Result<(Value, Vec<u8>), String> {
        let answer = self.mounts.operation(name, &arguments.to_string(), data);
        let (json, bytes) = answer.map_err(|error| error.to_string())?;
        Ok((serde_json::from_str(&json).expect("JSON"), bytes))
    }

    fn json(&self, name: &str, arguments: Value) -> Result<Value, String> {
        self.call(name, arguments, &[]).map(|(json, _)| json)
    }

    fn read(&self, path: &str) -> Result<String, String> {
        let (_, bytes) = self.call("read", json!({ "path": path }), &[])?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn write(&self, path: &str, text: &str) -> Result<Value, String> {
        self.call("write", json!({ "path": path }), text.as_bytes())
            .map(|(json, _)| json)
    }

    fn names(&self, path: &str) -> Result<Vec<String>, String> {
        let entries = self.json("readdir", json!({ "path": path }))?;
        let entries = entries.as_array().expect("a list");
        Ok(entries
            .iter()
            .map(|it| it["name"].as_str().expect("a name").to_owned())
            .collect())
    }

    /// What the accounting says, after it was checked against the folder.
    fn used(&self) -> u64 {
        let counted = super::quota::Usage::of(&self.mounts.tmp).expect("a count");
        let known = *self.mounts.usage.lock().expect("the usage");
        assert_eq!(known, counted);
        known.bytes
    }
}

#[test]
fn the_guest_sees_its_three_mounts_and_nothing_else() {
    let world = world();
    assert_eq!(
        world.names("/"),
        Ok(vec!["opt".into(), "tmp".into(), "var".into()])
    );
    assert_eq!(world.names("/var"), Ok(vec!["task".into()]));
    assert_eq!(
        world.names("/var/task"),
        Ok(vec!["index.js".into(), "lib".into()])
    );
    assert_eq!(world.names("."), world.names("/var/task"));
    assert_eq!(world.names("/tmp"), Ok(vec![]));
    assert_eq!(world.read("index.js").as_deref(), Ok("code"));
    assert_eq!(
        world.read("/var/task/lib/../index.js").as_deref(),
        Ok("code")
    );
    for path in [
        "/etc/passwd",
        "/etc",
        "/proc/self/environ",
        "../../etc/passwd",
        "/var/task/../../etc/passwd",
        "/var/log",
        "/tmp/../etc/passwd",
        "/dev/null",
    ] {
        assert_eq!(
            world.read(path),
            Err(format!("ENOENT: no such file or directory, open '{path}'"))
        );
    }
}

#[test]
fn later_layers_cover_earlier_ones_and_listings_are_merged() {
    let world = world();
    assert_eq!(world.names("/opt"), Ok(vec!["bin".into(), "nodejs".into()]));
    assert_eq!(
        world.names("/opt/nodejs"),
        Ok(vec!["both.js".into(), "first.js".into()])
    );
    assert_eq!(world.read("/opt/nodejs/both.js").as_deref(), Ok("second"));
    assert_eq!(world.read("/opt/nodejs/first.js").as_deref(), Ok("first"));
    let none = Mounts::new(world.task.path(), &[], world.tmp.path(), QUOTA).expect("mounts");
    assert_eq!(
        none.operation("readdir", r#"{"path":"/opt"}"#, &[]),
        Ok(("[]".into(), vec![]))
    );
}

#[test]
fn a_missing_folder_is_named() {
    let world = world();
    let gone = world.tmp.path().join("gone");
    let error = Mounts::new(&gone, &[], world.tmp.path(), 1)
        .expect_err("no folder")
        .to_string();
    assert!(error.starts_with(&format!(
        "cannot open the function's code `{}`",
        gone.display()
    )));
    let layer = world.task.path().join("index.js");
    let layers = [world.layers[0].path().to_owned(), layer.clone()];
    let error = Mounts::new(world.task.path(), &layers, world.tmp.path(), 1).expect_err("a file");
    assert!(
        error
            .to_string()
            .starts_with(&format!("cannot open the layer `{}`", layer.display()))
    );
}

#[test]
fn everything_but_tmp_is_read_only() {
    let world = world();
    let errors = |path: &str| {
        let path = json!({ "path": path, "dest": "/tmp/x", "recursive": true, "mode": 0o777 });
        [
            "write", "mkdir", "rm", "unlink", "rmdir", "chmod", "utimes", "truncate", "symlink",
        ]
        .map(|name| {
            let mut arguments = path.clone();
            arguments["target"] = json!("x");
            match self::World::call(&world, name, arguments, b"x") {
                Ok(_) => format!("{name}: done"),
                Err(error) => format!("{name}: {}", error.split(':').next().unwrap_or_default()),
            }
        })
    };
    for path in [
        "/var/task/new",
        "/opt/new",
        "/opt/nodejs/new",
        "/new",
        "/var/new",
    ] {
        let errors = errors(path);
        assert_eq!(errors[0], "write: EROFS", "{path}");
        assert_eq!(errors[1], "mkdir: EROFS", "{path}");
        assert_eq!(errors[8], "symlink: EROFS", "{path}");
    }
    for path in ["/var/task/index.js", "/opt/bin/tool"] {
        let errors = errors(path);
        for (index, name) in [
            (0, "write"),
            (2, "rm"),
            (3, "unlink"),
            (5, "chmod"),
            (6, "utimes"),
            (7, "truncate"),
        ] {
            assert_eq!(errors[index], format!("{name}: EROFS"), "{path}");
        }
        assert_eq!(errors[1], "mkdir: EEXIST");
    }
    assert_eq!(errors("/var/task/lib")[2], "rm: EROFS");
    assert_eq!(errors("/var/task")[4], "rmdir: EROFS");
    assert_eq!(errors("/etc/new")[0], "write: ENOENT");
    assert_eq!(errors("/tmp")[2], "rm: EBUSY");
    assert_eq!(world.read("/var/task/index.js").as_deref(), Ok("code"));
}

#[test]
fn files_are_written_as_their_flag_says() {
    let world = world();
    let write = |flag: &str, position: Value, text: &str| {
        let arguments = json!({ "path": "/tmp/f", "flag": flag, "position": position });
        world
            .call("write", arguments, text.as_bytes())
            .map(|(json, _)| json)
    };
    let missing = Err("ENOENT: no such file or directory, open '/tmp/f'".to_owned());
    assert_eq!(write("r+", Value::Null, "x"), missing);
    assert_eq!(
        write("wx", Value::Null, "hello"),
        Ok(json!({ "written": 5, "size": 5 }))
    );
    assert_eq!(
        write("wx", Value::Null, ""),
        Err("EEXIST: file already exists, open '/tmp/f'".into())
    );
    assert_eq!(
        write("r+", json!(1), "E"),
        Ok(json!({ "written": 1, "size": 5 }))
    );
    assert_eq!(
        write("a", json!(0), " you"),
        Ok(json!({ "written": 4, "size": 9 }))
    );
    assert_eq!(world.read("/tmp/f").as_deref(), Ok("hEllo you"));
    assert_eq!(
        write("r+", json!(11), "!"),
        Ok(json!({ "written": 1, "size": 12 }))
    );
    assert_eq!(world.read("/tmp/f").as_deref(), Ok("hEllo you\0\0!"));
    assert_eq!(
        write("w", Value::Null, "new"),
        Ok(json!({ "written": 3, "size": 3 }))
    );
    assert_eq!(world.used(), 3);
    let open = |flag: &str, path: &str| world.json("open", json!({ "path": path, "flag": flag }));
    assert_eq!(
        open("r", "/tmp/f"),
        Ok(json!({ "kind": "file", "size": 3 }))
    );
    assert_eq!(
        open("w+", "/tmp/f"),
        Ok(json!({ "kind": "file", "size": 0 }))
    );
    assert_eq!(
        open("r", "/tmp"),
        Ok(json!({ "kind": "directory", "size": world.stat("/tmp")["size"] }))
    );
    assert_eq!(
        open("w", "/tmp"),
        Err("EISDIR: illegal operation on a directory, open '/tmp'".into())
    );
    assert_eq!(
        open("a", "/var/task/x"),
        Err("EROFS: read-only file system, open '/var/task/x'".into())
    );
    assert_eq!(
        open("q", "/tmp/f"),
        Err("EINVAL: invalid argument, open '/tmp/f'".into())
    );
    assert_eq!(
        open("w", "/tmp/g/"),
        Err("EISDIR: illegal operation on a directory, open '/tmp/g/'".into())
    );
}

impl World {
    fn stat(&self, path: &str) -> Value {
        self.json("stat", json!({ "path": path })).expect("a stat")
    }
}

#[test]
fn parts_of_files_are_read() {
    let world = world();
    let read = |position: u64, length: u64| {
        let arguments = json!({ "path": "index.js", "position": position, "length": length });
        let (json, bytes) = world.call("readAt", arguments, &[]).expect("bytes");
        assert_eq!(json, json!({ "size": 4 }));
        String::from_utf8(bytes).expect("text")
    };
    assert_eq!(read(1, 2), "od");
    assert_eq!(read(2, u64::MAX), "de");
    assert_eq!(read(4, 1), "");
    assert_eq!(read(u64::MAX, u64::MAX), "");
    assert_eq!(
        world.read("/var/task"),
        Err("EISDIR: illegal operation on a directory, read".into())
    );
    assert_eq!(
        world.read("index.js/x"),
        Err("ENOTDIR: not a directory, open 'index.js/x'".into())
    );
}

#[test]
fn tmp_holds_no_more_than_its_quota() {
    let world = world();
    let full = Err("ENOSPC: no space left on device, write".to_owned());
    world.write("/tmp/a", &"a".repeat(900)).expect("room");
    assert_eq!(world.write("/tmp/b", &"b".repeat(101)), full);
    assert_eq!(world.used(), QUOTA);
    assert_eq!(world.read("/tmp/b").map(|text| text.len()), Ok(100));
    assert_eq!(world.write("/tmp/c", "c"), full);
    assert_eq!(world.write("/tmp/c", "").map(|_| ()), Ok(()));
    let copy = json!({ "path": "/tmp/a", "dest": "/tmp/c" });
    assert_eq!(
        world.json("copy", copy),
        Err("ENOSPC: no space left on device, copyfile '/tmp/a' -> '/tmp/c'".into())
    );
    let grow = json!({ "path": "/tmp/c", "length": 1 });
    assert_eq!(
        world.json("truncate", grow),
        Err("ENOSPC: no space left on device, open '/tmp/c'".into())
    );
    let far = json!({ "path": "/tmp/c", "flag": "r+", "position": u64::MAX });
    assert_eq!(
        world.call("write", far, b"x").map(|_| ()),
        full.clone().map(|_: Value| ())
    );
    // Room comes back in every way in which files go.
    world.write("/tmp/b", "b").expect("room");
    assert_eq!(world.used(), 901);
    world
        .json("rename", json!({ "path": "/tmp/b", "dest": "/tmp/a" }))
        .expect("renamed");
    assert_eq!(world.used(), 1);
    world
        .json(
            "copy",
            json!({ "path": "/var/task/index.js", "dest": "/tmp/a" }),
        )
        .expect("copied");
    assert_eq!(world.used(), 4);
    world
        .json("copy", json!({ "path": "/tmp/a", "dest": "/tmp/a" }))
        .expect("nothing to do");
    world
        .json("truncate", json!({ "path": "/tmp/a", "length": 700 }))
        .expect("room");
    assert_eq!(world.used(), 700);
    world
        .json("unlink", json!({ "path": "/tmp/a" }))
        .expect("gone");
    world
        .json("mkdir", json!({ "path": "/tmp/d/e", "recursive": true }))
        .expect("made");
    world.write("/tmp/d/e/f", "12345").expect("room");
    assert_eq!(world.used(), 5);
    world
        .json("rm", json!({ "path": "/tmp/d", "recursive": true }))
        .expect("gone");
    assert_eq!(world.used(), 0);
}

#[test]
fn tmp_holds_no_endless_number_of_names() {
    let world = world();
    let made = (0..2000).take_while(|index| world.write(&format!("/tmp/{index}"), "").is_ok());
    assert_eq!(made.count(), 1024);
    let full = Err("ENOSPC: no space left on device, open '/tmp/x'".to_owned());
    assert_eq!(world.write("/tmp/x", ""), full);
}

#[test]
fn what_was_there_before_counts() {
    let world = world();
    write(world.tmp.path(), "old/file", "12345");
    let mounts = Mounts::new(world.task.path(), &[], world.tmp.path(), 8).expect("mounts");
    assert_eq!(mounts.used(), 5);
    assert!(
        mounts
            .operation("write", r#"{"path":"/tmp/x"}"#, b"1234")
            .is_err()
    );
    assert_eq!(mounts.used(), 8);
}

#[test]
fn folders_are_made_and_removed() {
    let world = world();
    let mkdir = |path: &str, recursive: bool| {
        world.json("mkdir", json!({ "path": path, "recursive": recursive }))
    };
    assert_eq!(
        mkdir("/tmp/a/b", false),
        Err("ENOENT: no such file or directory, mkdir '/tmp/a/b'".into())
    );
    assert_eq!(mkdir("/tmp/a/b/c", true), Ok(json!({ "path": "/tmp/a" })));
    assert_eq!(mkdir("/tmp/a/b/c", true), Ok(json!({ "path": null })));
    assert_eq!(
        mkdir("/tmp/a", false),
        Err("EEXIST: file already exists, mkdir '/tmp/a'".into())
    );
    world.write("/tmp/a/f", "x").expect("a file");
    assert_eq!(
        mkdir("/tmp/a/f/g", true),
        Err("ENOTDIR: not a directory, mkdir '/tmp/a/f/g'".into())
    );
    assert_eq!(
        mkdir("/tmp/a/f", true),
        Err("EEXIST: file already exists, mkdir '/tmp/a/f'".into())
    );
    let rmdir = |path: &str| world.json("rmdir", json!({ "path": path }));
    assert_eq!(
        rmdir("/tmp/a"),
        Err("ENOTEMPTY: directory not empty, rmdir '/tmp/a'".into())
    );
    assert_eq!(
        rmdir("/tmp/a/f"),
        Err("ENOTDIR: not a directory, rmdir '/tmp/a/f'".into())
    );
    assert_eq!(rmdir("/tmp/a/b/c"), Ok(json!({})));
    let rm = |path: &str, recursive: bool, force: bool| {
        world.json(
            "rm",
            json!({ "path": path, "recursive": recursive, "force": force }),
        )
    };
    assert_eq!(
        rm("/tmp/none", false, false),
        Err("ENOENT: no such file or directory, rm '/tmp/none'".into())
    );
    assert_eq!(rm("/tmp/none/x", true, true), Ok(json!({})));
    assert_eq!(
        rm("/tmp/a", false, true),
        Err("EISDIR: illegal operation on a directory, rm '/tmp/a'".into())
    );
    assert_eq!(rm("/tmp/a", true, false), Ok(json!({})));
    assert_eq!(world.names("/tmp"), Ok(vec![]));
    let first = world
        .json("mkdtemp", json!({ "prefix": "/tmp/x-" }))
        .expect("a folder");
    let second = world
        .json("mkdtemp", json!({ "prefix": "/tmp/x-" }))
        .expect("a folder");
    assert_ne!(first, second);
    assert_eq!(
        first["path"].as_str().map(str::len),
        Some("/tmp/x-".len() + 6)
    );
    assert_eq!(
        world.json("mkdtemp", json!({ "prefix": "/var/task/x" })),
        Err("EROFS: read-only file system, mkdtemp '/var/task/xXXXXXX'".into())
    );
}

#[test]
fn renames_follow_linux() {
    let world = world();
    let rename = |path: &str, dest: &str| {
        let answer = world.json("rename", json!({ "path": path, "dest": dest }));
        answer.map_err(|error| error.split(':').next().unwrap_or_default().to_owned())
    };
    let err = |code: &str| Err(code.to_owned());
    world
        .json("mkdir", json!({ "path": "/tmp/d/e", "recursive": true }))
        .expect("made");
    world.write("/tmp/f", "x").expect("a file");
    assert_eq!(rename("/tmp/none", "/tmp/x"), err("ENOENT"));
    assert_eq!(rename("/tmp/f", "/tmp/none/x"), err("ENOENT"));
    assert_eq!(rename("/tmp/f", "/tmp/d"), err("EISDIR"));
    assert_eq!(rename("/tmp/d", "/tmp/f"), err("ENOTDIR"));
    assert_eq!(rename("/tmp/d", "/tmp/d/e/x"), err("EINVAL"));
    assert_eq!(rename("/tmp/f", "/var/task/x"), err("EXDEV"));
    assert_eq!(rename("/var/task/index.js", "/tmp/x"), err("EXDEV"));
    assert_eq!(rename("/var/task/index.js", "/var/task/x"), err("EROFS"));
    assert_eq!(rename("/tmp", "/tmp/x"), err("EBUSY"));
    assert_eq!(rename("/tmp/f", "/tmp/f"), Ok(json!({})));
    assert_eq!(rename("/tmp/f", "/tmp/d/g"), Ok(json!({})));
    assert_eq!(rename("/tmp/d", "/tmp/h"), Ok(json!({})));
    assert_eq!(world.read("/tmp/h/g").as_deref(), Ok("x"));
    assert_eq!(world.used(), 1);
}

#[test]
fn stat_has_what_node_wants() {
    let world = world();
    world.write("/tmp/f", "12345").expect("a file");
    let times = json!({ "path": "/tmp/f", "atime": 1.5, "mtime": 2 });
    world.json("utimes", times).expect("times");
    world
        .json("chmod", json!({ "path": "/tmp/f", "mode": 0o754 }))
        .expect("a mode");
    let stat = world.stat("/tmp/f");
    assert_eq!(
        (
            &stat["kind"],
            &stat["size"],
            &stat["atimeMs"],
            &stat["mtimeMs"],
            &stat["uid"]
        ),
        (
            &json!("file"),
            &json!(5),
            &json!(1500.0),
            &json!(2000.0),
            &json!(993)
        )
    );
    if cfg!(unix) {
        assert_eq!(stat["mode"], json!(0o100_754));
    }
    assert_eq!(world.stat("/")["kind"], "directory");
    assert_eq!(world.stat("/var")["mode"], json!(0o040_755));
    assert_eq!(
        world.json("stat", json!({ "path": "/none" })),
        Err("ENOENT: no such file or directory, stat '/none'".into())
    );
    let access =
        |path: &str, mode: u32| world.json("access", json!({ "path": path, "mode": mode }));
    assert_eq!(access("/var/task/index.js", 4), Ok(json!({})));
    assert_eq!(
        access("/var/task/index.js", 2),
        Err("EROFS: read-only file system, access '/var/task/index.js'".into())
    );
    assert_eq!(access("/tmp", 7), Ok(json!({})));
    assert_eq!(
        access("/x", 0),
        Err("ENOENT: no such file or directory, access '/x'".into())
    );
    let space = world
        .json("statfs", json!({ "path": "/tmp" }))
        .expect("a statfs");
    assert_eq!(space["bsize"], 4096);
}

#[test]
fn errors_have_nodes_members() {
    let world = world();
    let error = world
        .mounts
        .operation("stat", r#"{"path":"x"}"#, &[])
        .expect_err("an error");
    let error: Value = serde_json::from_str(&error.to_json()).expect("JSON");
    assert_eq!(
        error,
        json!({
            "code": "ENOENT", "errno": -2, "syscall": "stat",
            "message": "no such file or directory", "path": "x",
        })
    );
    let unknown = world.json("fly", json!({ "path": "x" }));
    assert_eq!(
        unknown,
        Err("ENOSYS: function not implemented, file 'x'".into())
    );
    for arguments in [
        "",
        "[]x",
        "{\"path\":5}",
        "{\"position\":-1}",
        "{\"mode\":1e99}",
    ] {
        assert_eq!(
            world
                .mounts
                .operation("read", arguments, &[])
                .map_err(|error| error.code),
            Err("EINVAL")
        );
    }
}

#[test]
fn the_runtimes_packages_lie_below_var_runtime_and_stay_as_they_are() {
    let world = world();
    let (project, store) = (folder(), folder());
    write(project.path(), "x/index.js", "project");
    write(store.path(), "x/index.js", "store");
    let package_folder = |folder: &TempDir, at: &str| PackageFolder {
        folder: folder.path().to_owned(),
        at: at.into(),
    };
    let mounts = Mounts::new(world.task.path(), &[], world.tmp.path(), QUOTA)
        .and_then(|mounts| {
            mounts.with_runtime(&[
                package_folder(&project, "project/a/node_modules"),
                package_folder(&store, "node_modules"),
            ])
        })
        .expect("mounts");
    let world = World { mounts, ..world };
    let names = |path: &str| world.names(path).unwrap_or_default();
    assert_eq!(names("/var"), ["runtime", "task"]);
    assert_eq!(names("/var/runtime"), ["node_modules", "project"]);
    assert_eq!(names("/var/runtime/project"), ["a"]);
    assert_eq!(names("/var/runtime/project/a/node_modules"), ["x"]);
    assert!(world.names("/var/runtime/other").is_err());
    let read = |path: &str| world.read(path).unwrap_or_else(|error| error);
    assert_eq!(read("/var/runtime/node_modules/x/index.js"), "store");
    assert_eq!(
        read("/var/runtime/node_modules/../project/a/node_modules/x/index.js"),
        "project"
    );
    assert_eq!(
        world.write("/var/runtime/node_modules/x/index.js", "y"),
        Err("EROFS: read-only file system, open '/var/runtime/node_modules/x/index.js'".into())
    );
    for path in [
        "/var/runtime/node_modules/y",
        "/var/runtime/project/y",
        "/var/runtime/y",
    ] {
        let error = world.write(path, "y").expect_err("it is read-only");
        assert!(error.starts_with("EROFS"), "{error}");
    }
    let rename = json!({
        "path": "/var/runtime/node_modules/x", "dest": "/var/runtime/project/a/node_modules/y",
    });
    assert_eq!(
        world
            .json("rename", rename)
            .map_err(|error| error[..5].to_owned()),
        Err("EROFS".to_owned())
    );
}
