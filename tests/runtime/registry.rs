//! Registries of npm and PyPI on a port of this machine.

use std::collections::HashMap;
use std::io::{Cursor, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256, Sha512};
use tokio::sync::mpsc;

/// What is answered at a path.
#[derive(Clone)]
pub enum Answer {
    Body(Vec<u8>),
    Status(u16),
    /// The first statuses, one after the other, then the body.
    Later(Vec<u16>, Vec<u8>),
    Redirect(String),
    /// Nothing, ever.
    Silence,
}

/// A server with a fixed answer for each path; it ends with the test.
pub struct Server {
    pub address: String,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    /// The paths that were asked for.
    asked: std::sync::Mutex<mpsc::UnboundedReceiver<String>>,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let answers: Arc<Mutex<HashMap<String, Answer>>> = Arc::default();
        let (tell, asked) = mpsc::unbounded_channel();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind(SocketAddr::from((
                [127, 0, 0, 1],
                0,
            ))))
            .unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let shared = Arc::clone(&answers);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answers, tell) = (Arc::clone(&shared), tell.clone());
                let service =
                    service_fn(move |request| answer(request, Arc::clone(&answers), tell.clone()));
                let connection =
                    http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection);
            }
        });
        Server {
            address,
            answers,
            asked: std::sync::Mutex::new(asked),
            _runtime: runtime,
        }
    }

    pub fn put(&self, path: &str, answer: Answer) {
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    /// Waits until `path` is asked for.
    pub fn wait_for(&self, path: &str) {
        let mut asked = self.asked.lock().unwrap();
        while asked.blocking_recv().expect("the server runs") != path {}
    }

    /// Serves packages of npm: `{name: {"tags"?: …, "versions": {version: members}}}`.
    pub fn npm(&self, packages: &Map<String, Value>) {
        for (name, package) in packages {
            let mut versions = Map::new();
            let mut latest = String::new();
            for (version, members) in package["versions"].as_object().unwrap() {
                let path = format!("/files/{name}-{version}.tgz");
                let archive = npm_archive(name, version);
                let mut members = members.clone();
                members["dist"] = json!({
                    "tarball": format!("{}{}", self.address, &path[1..]),
                    "integrity": format!("sha512-{}", STANDARD.encode(Sha512::digest(&archive))),
                });
                self.put(&path, Answer::Body(archive));
                versions.insert(version.clone(), members);
                latest.clone_from(version);
            }
            let mut tags = json!({ "latest": latest });
            if let Some(own) = package["tags"].as_object() {
                tags.as_object_mut().unwrap().extend(own.clone());
            }
            let packument = json!({ "name": name, "dist-tags": tags, "versions": versions });
            let path = format!("/{}", name.replace('/', "%2f"));
            self.put(&path, Answer::Body(packument.to_string().into_bytes()));
        }
    }

    /// Serves projects of PyPI: `{name: {version: {"requires"?: […], "python"?: …, "yanked"?: …}}}`.
    pub fn pypi(&self, projects: &Map<String, Value>) {
        for (name, versions) in projects {
            let mut releases = Map::new();
            for (version, members) in versions.as_object().unwrap() {
                let requires = members["requires"].as_array().cloned().unwrap_or_default();
                let wheel = wheel(name, version, &requires);
                let file = format!("{}-{version}-py3-none-any.whl", name.replace('-', "_"));
                let sum = Sha256::digest(&wheel);
                let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
                let release = json!([{
                    "filename": file,
                    "url": format!("{}files/{file}", self.address),
                    "digests": { "sha256": sum },
                    "requires_python": members["python"],
                    "yanked": members["yanked"] == true,
                }]);
                self.put(&format!("/files/{file}"), Answer::Body(wheel));
                releases.insert(version.clone(), release);
            }
            let project = json!({ "releases": releases }).to_string();
            self.put(
                &format!("/pypi/{name}/json"),
                Answer::Body(project.into_bytes()),
            );
        }
    }
}

async fn answer(
    request: Request<Incoming>,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    tell: mpsc::UnboundedSender<String>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let path = request.uri().path().to_owned();
    let found = answers.lock().unwrap().get(&path).cloned();
    let status = |code: u16| {
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::from_u16(code).unwrap();
        response
    };
    let response = match found {
        None => status(404),
        Some(Answer::Body(body)) => Response::new(Full::from(body)),
        Some(Answer::Status(code)) => status(code),
        Some(Answer::Later(mut codes, body)) if !codes.is_empty() => {
            let code = codes.remove(0);
            let next = Answer::Later(codes, body);
            answers.lock().unwrap().insert(path.clone(), next);
            status(code)
        }
        Some(Answer::Later(_, body)) => Response::new(Full::from(body)),
        Some(Answer::Redirect(to)) => {
            let mut response = status(302);
            response
                .headers_mut()
                .insert("location", to.parse().unwrap());
            response
        }
        Some(Answer::Silence) => {
            let _ = tell.send(path.clone());
            std::future::pending().await
        }
    };
    let _ = tell.send(path);
    Ok(response)
}

/// What `npm pack` makes of a package of two files.
pub fn npm_archive(name: &str, version: &str) -> Vec<u8> {
    let manifest = json!({ "name": name, "version": version }).to_string();
    let index = format!("exports.from = '{name}@{version}';");
    tarball(&[
        ("package/package.json", &manifest),
        ("package/index.js", &index),
    ])
}

pub fn tarball(files: &[(&str, &str)]) -> Vec<u8> {
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut builder = tar::Builder::new(gzip);
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        // Not `set_path`: it would not write what a hostile archive has.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

fn wheel(name: &str, version: &str, requires: &[Value]) -> Vec<u8> {
    let module = name.replace('-', "_");
    let needs: String = requires
        .iter()
        .map(|need| format!("Requires-Dist: {}\n", need.as_str().unwrap()))
        .collect();
    let metadata =
        format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}\nText\n");
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (file, text) in [
        (
            format!("{module}/__init__.py"),
            format!("__version__ = '{version}'"),
        ),
        (format!("{module}-{version}.dist-info/METADATA"), metadata),
    ] {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(file, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
