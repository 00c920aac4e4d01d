use super::*;

fn wanted<'a>(runtime: &'a str, handler: &'a str, task: &'a Path) -> Wanted<'a> {
    Wanted {
        runtime,
        handler,
        task,
        layers: &[],
        memory_mb: 512,
        search: "",
    }
}

#[test]
fn a_program_that_is_missing_is_named_with_the_next_step() {
    let folder = tempfile::tempdir().unwrap();
    for (runtime, program) in [
        ("nodejs24.x", "`node`"),
        ("python3.13", "`python3`"),
        ("java21", "`java`"),
        ("dotnet8", "`dotnet`"),
        ("ruby3.4", "`ruby`"),
    ] {
        let language = Language::of(runtime).unwrap();
        let missing = find(language, &wanted(runtime, "a.b", folder.path())).unwrap_err();
        assert!(missing.summary.contains(program), "{missing}");
        assert!(missing.help.contains("install"), "{}", missing.help);
    }
    assert_eq!(Language::of("cobol"), None);
}

#[cfg(unix)]
fn fake(folder: &Path, name: &str) {
    script(folder, name, "");
}

#[cfg(unix)]
fn script(folder: &Path, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{text}")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
#[test]
fn java_needs_the_client_in_lib() {
    let folder = tempfile::tempdir().unwrap();
    fake(folder.path(), "java");
    let search = folder.path().to_str().unwrap().to_owned();
    let mut wanted = wanted("java21", "a.B::c", folder.path());
    wanted.search = &search;
    let error = find(Language::Java, &wanted).unwrap_err();
    assert!(
        error.summary.contains("runtime-interface-client"),
        "{error}"
    );
    std::fs::create_dir(folder.path().join("lib")).unwrap();
    let jar = "lib/aws-lambda-java-runtime-interface-client-2.6.0.jar";
    std::fs::write(folder.path().join(jar), "").unwrap();
    let program = find(Language::Java, &wanted).unwrap();
    assert_eq!(program.arguments.last().unwrap(), "a.B::c");
    let placed = placed(&program, |part| part.replace("/var/task", "/here"));
    assert_eq!(placed[3], "/here:/here/*:/here/lib/*:/opt/java/lib/*");
}

#[cfg(unix)]
#[test]
fn dotnet_runs_a_library_by_the_client_and_a_program_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    fake(folder.path(), "dotnet");
    let search = folder.path().to_str().unwrap().to_owned();
    let mut wanted = wanted("dotnet8", "App::Ns.Type::Method", folder.path());
    wanted.search = &search;
    let error = find(Language::Dotnet, &wanted).unwrap_err();
    assert!(error.summary.contains("RuntimeSupport"), "{error}");
    std::fs::write(folder.path().join("Amazon.Lambda.RuntimeSupport.dll"), "").unwrap();
    let error = find(Language::Dotnet, &wanted).unwrap_err();
    assert!(error.summary.contains("App.dll"), "{error}");
    std::fs::write(folder.path().join("App.dll"), "").unwrap();
    let program = find(Language::Dotnet, &wanted).unwrap();
    assert_eq!(program.arguments[0], "exec");
    wanted.handler = "App";
    let program = find(Language::Dotnet, &wanted).unwrap();
    assert_eq!(program.arguments, ["/var/task/App.dll"]);
}

#[test]
fn a_bootstrap_may_lie_in_a_layer() {
    let folder = tempfile::tempdir().unwrap();
    let layer = tempfile::tempdir().unwrap();
    std::fs::write(layer.path().join("bootstrap"), "").unwrap();
    let layers = [layer.path().to_owned()];
    let mut wanted = wanted("provided.al2023", "x", folder.path());
    wanted.layers = &layers;
    let program = find(Language::Provided, &wanted).unwrap();
    assert_eq!(program.executable, Path::new("/opt/bootstrap"));
    std::fs::write(folder.path().join("bootstrap"), "").unwrap();
    let program = find(Language::Provided, &wanted).unwrap();
    assert_eq!(program.executable, Path::new("/var/task/bootstrap"));
    let program = find(Language::Go, &self::wanted("go1.x", "main", folder.path())).unwrap();
    assert_eq!(program.executable, Path::new("/var/task/main"));
}

#[cfg(unix)]
#[test]
fn ruby_is_asked_for_its_client_and_its_gems() {
    let folder = tempfile::tempdir().unwrap();
    let search = folder.path().to_str().unwrap().to_owned();
    let mut wanted = wanted("ruby3.4", "app.handler", folder.path());
    wanted.search = &search;
    script(folder.path(), "ruby", "exit 1\n");
    let error = find(Language::Ruby, &wanted).unwrap_err();
    assert!(error.help.contains("gem install aws_lambda_ric"), "{error}");
    let said = "echo /r/bin/ruby; echo /r/gems:/h/gems; echo /r/gems/ric; echo 3.4.1\n";
    script(folder.path(), "ruby", said);
    let program = find(Language::Ruby, &wanted).unwrap();
    assert_eq!(program.executable, Path::new("/r/bin/ruby"));
    assert_eq!(program.arguments, ["/r/gems/ric", "app.handler"]);
    assert_eq!(program.name, "ruby 3.4.1");
    let gems = ("GEM_PATH".to_owned(), "/r/gems:/h/gems".to_owned());
    assert_eq!(program.variables, [gems]);
}
