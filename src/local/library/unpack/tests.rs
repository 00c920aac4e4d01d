//! Archives, honest and not.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;

use super::*;

type Tar = tar::Builder<GzEncoder<Vec<u8>>>;

/// A tarball; names are written as they are, which the crate's own functions would not do.
fn tarred(fill: impl FnOnce(&mut Tar)) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    fill(&mut builder);
    builder.into_inner().unwrap().finish().unwrap()
}

fn entry(builder: &mut Tar, name: &str, kind: EntryType, content: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    if kind.is_symlink() || kind.is_hard_link() {
        header.set_link_name("/etc/passwd").unwrap();
    }
    header.set_mode(0o4777);
    header.set_size(content.len() as u64);
    header.set_cksum();
    builder.append(&header, content).unwrap();
}

fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// All files below a folder, with their text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(next) = pending.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn refusal(unpacked: Result<(), LibraryError>) -> String {
    match unpacked.unwrap_err() {
        LibraryError::Archive { name, why } => {
            assert_eq!(name, "x@1.0.0");
            why
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_tarball_loses_the_folder_around_it() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = tarred(|builder| {
        entry(builder, "pax_global_header", EntryType::XGlobalHeader, b"");
        entry(builder, "anything/", EntryType::Directory, b"");
        entry(builder, "anything/package.json", EntryType::Regular, b"{}");
        entry(builder, "./anything/lib/a.js", EntryType::Regular, b"a");
        entry(builder, "anything/lib/a.js", EntryType::Regular, b"later");
        entry(builder, "stray", EntryType::Regular, b"dropped");
    });
    tarball(&bytes, folder.path(), "x@1.0.0").unwrap();
    let expected = [("lib/a.js", "later"), ("package.json", "{}")];
    assert_eq!(
        files(folder.path()),
        expected.map(|(name, text)| (name.to_owned(), text.to_owned()))
    );
}

#[cfg(unix)]
#[test]
fn modes_of_an_archive_are_not_taken_over() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let bytes = tarred(|builder| entry(builder, "p/a", EntryType::Regular, b"a"));
    tarball(&bytes, folder.path(), "x@1.0.0").unwrap();
    let mode = fs::metadata(folder.path().join("a"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o7111, 0, "{mode:o}");
}

#[test]
fn a_hostile_tarball_is_refused_and_writes_nothing_outside() {
    let cases: [(&str, EntryType, &str); 8] = [
        ("package/../../out", EntryType::Regular, "leads out of it"),
        ("/package/out", EntryType::Regular, "leads out of it"),
        ("../out", EntryType::Directory, "leads out of it"),
        ("package\\..\\..\\out", EntryType::Regular, "no plain path"),
        ("package/link", EntryType::Symlink, "is a link"),
        ("package/link", EntryType::Link, "is a link"),
        ("package/pipe", EntryType::Fifo, "is no file"),
        ("package/device", EntryType::Char, "is no file"),
    ];
    for (name, kind, why) in cases {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("a/b");
        fs::create_dir_all(&folder).unwrap();
        let bytes = tarred(|builder| entry(builder, name, kind, b""));
        let said = refusal(tarball(&bytes, &folder, "x@1.0.0"));
        assert!(said.contains(why), "{name}: {said}");
        assert!(files(around.path()).is_empty(), "{name}");
    }
}

#[test]
fn a_damaged_tarball_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let whole = tarred(|builder| {
        let noise: Vec<u8> = (0..50_000u32)
            .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
            .collect();
        entry(builder, "package/a", EntryType::Regular, &noise);
    });
    let half = &whole[..whole.len() / 2];
    for (bytes, why) in [
        (half, "damaged"),
        (b"no gzip", "damaged"),
        (b"", "damaged"),
        (&tarred(|_| ()), "empty"),
    ] {
        let said = refusal(tarball(bytes, folder.path(), "x@1.0.0"));
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn an_archive_that_grows_beyond_the_limit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_path("package/zeros").unwrap();
    header.set_size(MOST_BYTES + 1);
    header.set_cksum();
    builder
        .append(&header, io::repeat(0).take(MOST_BYTES + 1))
        .unwrap();
    let bytes = builder.into_inner().unwrap().finish().unwrap();
    assert!(bytes.len() < 8 << 20, "a bomb is small");
    let said = refusal(tarball(&bytes, folder.path(), "x@1.0.0"));
    assert!(said.contains("more than 250 MB"), "{said}");

    let many = tarred(|builder| {
        for _ in 0..=MOST_ENTRIES {
            entry(builder, "p/", EntryType::Directory, b"");
        }
    });
    let said = refusal(tarball(&many, folder.path(), "x@1.0.0"));
    assert!(said.contains("more than 50000 files"), "{said}");
}

#[test]
fn a_wheel_leaves_only_what_can_be_imported() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = zipped(&[
        ("x/__init__.py", "x"),
        ("x-1.0.dist-info/METADATA", "Name: x"),
        ("x-1.0.data/scripts/x", "#!python"),
        ("x-1.0.data/data/etc/x.conf", ""),
        ("x-1.0.data/purelib/y.py", "y"),
    ]);
    wheel(&bytes, folder.path(), "x@1.0.0").unwrap();
    let names: Vec<String> = files(folder.path())
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["x-1.0.dist-info/METADATA", "x/__init__.py", "y.py"]);
}

#[test]
fn a_hostile_wheel_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, why) in [
        ("../out.py", "leads out of it"),
        ("/out.py", "leads out of it"),
        ("x\\..\\out.py", "no plain path"),
        ("x-1.0.data/purelib/../../../out.py", "leads out of it"),
    ] {
        let said = refusal(wheel(&zipped(&[(name, "")]), folder.path(), "x@1.0.0"));
        assert!(said.contains(why), "{name}: {said}");
    }
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("x/link", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    let said = refusal(wheel(&bytes, folder.path(), "x@1.0.0"));
    assert!(said.contains("is a link"), "{said}");
    assert!(refusal(wheel(b"PK no", folder.path(), "x@1.0.0")).contains("damaged"));
}

#[test]
fn a_wheel_with_native_code_is_refused_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = zipped(&[("x/_speed.cpython-314-x86_64-linux-gnu.so", "")]);
    let error = wheel(&bytes, folder.path(), "x@1.0.0").unwrap_err();
    assert!(matches!(error, LibraryError::Native(_)), "{error}");
}
