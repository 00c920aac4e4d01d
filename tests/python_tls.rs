//! TLS of Python functions: the host speaks it, with the roots of the machine or of the function.
//!
//! `tests/python_tls` holds an authority made for these tests, and the certificate and key of `localhost` it gave.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hoist::local::sandbox::{
    Function, Invocation, Log, Network, Outcome, Pattern, Runtime, Sandbox,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

fn file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/python_tls")
        .join(name)
}

/// A server that answers every request with `ok`, and its port.
async fn server() -> u16 {
    let chain = vec![CertificateDer::from_pem_file(file("localhost.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(file("localhost.key")).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that does not trust the certificate ends the handshake.
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
                let _ = stream.write_all(answer).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    port
}

const HANDLER: &str = r#"
import ssl
import urllib.request

CONTEXTS = {
    "machine": lambda: ssl.create_default_context(),
    "own file": lambda: ssl.create_default_context(cafile="authority.pem"),
    "own text": lambda: ssl.create_default_context(cadata=open("authority.pem").read()),
    "none": lambda: ssl._create_unverified_context(),
}


def handler(event, context):
    try:
        url = f"https://{event['host']}:{event['port']}/"
        with urllib.request.urlopen(url, context=CONTEXTS[event["trust"]](), timeout=5) as answer:
            return answer.read().decode()
    except urllib.error.URLError as error:
        return type(error.reason).__name__
"#;

#[tokio::test]
async fn a_certificate_is_trusted_by_the_roots_that_the_function_names() {
    let port = server().await;
    let task = tempfile::tempdir().unwrap();
    std::fs::write(task.path().join("app.py"), HANDLER).unwrap();
    std::fs::copy(file("authority.pem"), task.path().join("authority.pem")).unwrap();
    let allowed: Vec<Pattern> = ["localhost", "127.0.0.1"]
        .map(|host| host.parse().unwrap())
        .into();
    let function = Function {
        name: "f".into(),
        runtime: Runtime::Python(14),
        handler: "app.handler".into(),
        task: task.path().to_owned(),
        layers: vec![],
        runtime_packages: vec![],
        timeout: Duration::from_secs(20),
        memory_mb: 128,
        logging: Default::default(),
        tmp_mb: 512,
        network: Network::new(None, allowed),
        environment: Default::default(),
    };
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hoist-cache");
    let sandbox = Sandbox::new(&cache, |_| ()).unwrap();
    let prepared = sandbox.prepare(function).await.unwrap();
    let mut environment = prepared.environment(Log::none()).await.unwrap();
    for (host, trust, expected) in [
        ("localhost", "own file", "ok"),
        ("localhost", "own text", "ok"),
        ("localhost", "none", "ok"),
        ("localhost", "machine", "SSLCertVerificationError"),
        // The certificate is not for this name.
        ("127.0.0.1", "own file", "SSLCertVerificationError"),
    ] {
        let invocation = Invocation {
            request_id: "11111111-2222-4333-8444-555555555555".into(),
            event: json!({"host": host, "port": port, "trust": trust}).to_string(),
            function_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
            client_context: None,
            trace_id: None,
        };
        let outcome = environment.invoke(&invocation).await.unwrap().outcome;
        let Outcome::Answer(answer) = outcome else {
            panic!("{host} with {trust}: {outcome:?}");
        };
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer, expected, "{host} with {trust}");
    }
}
