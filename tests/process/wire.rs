//! The Runtime API against a client that writes bytes.

use bytes::Bytes;
use hoist::local::process::{Answer, Event, Server};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::ID;

/// One request on a connection of its own: the status, the head, the body.
async fn call(server: &Server, line: &str, headers: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let length = match headers.to_ascii_lowercase().contains("chunked") {
        true => String::new(),
        false => format!("content-length: {}\r\n", body.len()),
    };
    let head = format!("{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}{length}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(all[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head, all[end + 4..].to_vec())
}

const NEXT: &str = "GET /2018-06-01/runtime/invocation/next";

fn response() -> String {
    format!("POST /2018-06-01/runtime/invocation/{ID}/response")
}

fn event() -> Event {
    Event {
        request_id: ID.into(),
        body: Bytes::from_static(b"{\"a\":1}"),
        deadline_ms: 1_700_000_000_123,
        function_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
        client_context: Some("{\"custom\":{}}".into()),
        trace_id: Some("Root=1-2-3".into()),
    }
}

/// Runs one invocation whose client is `client`, and gives what was answered.
async fn served<T>(server: &Server, client: impl Future<Output = T>) -> (Answer, T) {
    tokio::join!(server.invoke(event()), async {
        let (status, _, _) = call(server, NEXT, "", b"").await;
        assert_eq!(status, 200);
        client.await
    })
}

fn refused(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap()
}

#[tokio::test]
async fn an_event_comes_with_its_headers_and_its_answer_is_accepted() {
    let server = Server::start().await.unwrap();
    let client = async {
        let (status, head, body) = call(&server, NEXT, "", b"").await;
        assert_eq!((status, body.as_slice()), (200, &b"{\"a\":1}"[..]));
        let head = head.to_ascii_lowercase();
        for header in [
            format!("lambda-runtime-aws-request-id: {ID}"),
            "lambda-runtime-deadline-ms: 1700000000123".into(),
            "lambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:123456789012:function:f"
                .into(),
            "lambda-runtime-trace-id: root=1-2-3".into(),
            "lambda-runtime-client-context: {\"custom\":{}}".into(),
            "content-type: application/json".into(),
        ] {
            assert!(head.contains(&header), "{header} is not in {head}");
        }
        assert!(!head.contains("cognito"), "{head}");
        call(&server, &response(), "", b"[1]").await
    };
    let (answer, (status, _, body)) = tokio::join!(server.invoke(event()), client);
    assert_eq!(answer, Answer::Response(Bytes::from_static(b"[1]")));
    assert_eq!(
        (status, body.as_slice()),
        (202, &b"{\"status\":\"OK\"}\n"[..])
    );
}

#[tokio::test]
async fn asking_is_what_makes_a_runtime_ready() {
    let server = Server::start().await.unwrap();
    tokio::select! {
        ready = server.ready() => ready.unwrap(),
        _ = call(&server, NEXT, "", b"") => panic!("there is no event to give"),
    }
}

#[tokio::test]
async fn a_wrong_id_is_refused_and_the_invocation_goes_on() {
    let server = Server::start().await.unwrap();
    let (answer, ()) = served(&server, async {
        for kind in ["response", "error"] {
            let line = format!("POST /2018-06-01/runtime/invocation/other/{kind}");
            let (status, _, body) = call(&server, &line, "", b"1").await;
            assert_eq!(status, 400);
            let expected =
                json!({"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"});
            assert_eq!(refused(&body), expected);
        }
        call(&server, &response(), "", b"2").await;
    })
    .await;
    assert_eq!(answer, Answer::Response(Bytes::from_static(b"2")));
}

#[tokio::test]
async fn a_second_answer_and_one_without_an_invocation_are_refused() {
    let server = Server::start().await.unwrap();
    let (status, _, body) = call(&server, &response(), "", b"1").await;
    assert_eq!(status, 403);
    assert_eq!(refused(&body)["errorType"], "InvalidStateTransition");
    let (answer, status) = served(&server, async {
        call(&server, &response(), "", b"1").await;
        call(&server, &response(), "", b"2").await.0
    })
    .await;
    assert_eq!(answer, Answer::Response(Bytes::from_static(b"1")));
    assert_eq!(status, 403);
}

#[tokio::test]
async fn an_error_is_handed_on_as_it_was_posted() {
    let server = Server::start().await.unwrap();
    let line = format!("POST /2018-06-01/runtime/invocation/{ID}/error");
    let (answer, (status, _, _)) =
        served(&server, call(&server, &line, "", b"{\"errorType\":\"X\"}")).await;
    assert_eq!(
        (answer, status),
        (Answer::Error("{\"errorType\":\"X\"}".into()), 202)
    );
    let kind = "lambda-runtime-function-error-type: Runtime.Mine\r\n";
    let (answer, _) = served(&server, call(&server, &line, kind, b"")).await;
    let Answer::Error(payload) = answer else {
        panic!("{answer:?}")
    };
    assert!(payload.contains("Runtime.Mine"), "{payload}");
}

#[tokio::test]
async fn an_answer_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() {
    const LIMIT: usize = hoist::local::sandbox::MAX_ANSWER;
    let server = Server::start().await.unwrap();
    let body = vec![b' '; LIMIT + 1];
    let (answer, (status, _, _)) =
        served(&server, call(&server, &response(), "", &body[..LIMIT])).await;
    assert!(matches!(answer, Answer::Response(bytes) if bytes.len() == LIMIT));
    assert_eq!(status, 202);
    let (answer, (status, _, body)) = served(&server, call(&server, &response(), "", &body)).await;
    assert_eq!((answer, status), (Answer::TooLarge, 413));
    assert_eq!(
        refused(&body)["errorMessage"],
        "Exceeded maximum allowed payload size (6291556 bytes)."
    );
}

const STREAMED: &str = "lambda-runtime-function-response-mode: streaming\r\ntransfer-encoding: chunked\r\ntrailer: lambda-runtime-function-error-type\r\n";

#[tokio::test]
async fn a_streamed_answer_is_collected_and_its_trailers_tell_of_an_error() {
    let server = Server::start().await.unwrap();
    let body = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    let (answer, _) = served(&server, call(&server, &response(), STREAMED, body)).await;
    assert_eq!(answer, Answer::Response(Bytes::from_static(b"abcde")));
    let body = b"3\r\nabc\r\n0\r\nlambda-runtime-function-error-type: Late\r\nlambda-runtime-function-error-body: e30=\r\n\r\n";
    let (answer, (status, _, _)) =
        served(&server, call(&server, &response(), STREAMED, body)).await;
    assert_eq!((answer, status), (Answer::Error("{}".into()), 202));
}

#[tokio::test]
async fn another_response_mode_is_refused() {
    let server = Server::start().await.unwrap();
    let mode = "lambda-runtime-function-response-mode: fast\r\n";
    let (answer, (status, _, body)) = served(&server, call(&server, &response(), mode, b"1")).await;
    assert!(matches!(answer, Answer::Error(_)));
    assert_eq!(status, 400);
    assert_eq!(refused(&body)["errorType"], "InvalidFunctionResponseMode");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error() {
    let server = Server::start().await.unwrap();
    let (answer, ()) = served(&server, async {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let head = format!(
            "{} HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc",
            response()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
    })
    .await;
    let Answer::Error(payload) = answer else {
        panic!("{answer:?}")
    };
    assert!(payload.contains("Runtime.TruncatedResponse"), "{payload}");
}

#[tokio::test]
async fn an_init_error_is_told_and_refused_later() {
    let server = Server::start().await.unwrap();
    let line = "POST /2018-06-01/runtime/init/error";
    let (status, _, _) = call(&server, line, "", b"{\"errorType\":\"X\"}").await;
    assert_eq!(status, 202);
    assert_eq!(server.ready().await.unwrap_err(), "{\"errorType\":\"X\"}");
    assert_eq!(call(&server, line, "", b"{}").await.0, 403);
    assert_eq!(call(&server, NEXT, "", b"").await.0, 403);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_refused() {
    let server = Server::start().await.unwrap();
    for line in [
        "GET /",
        "GET /2018-06-01/runtime/invocation",
        "POST /2018-06-01/runtime/invocation/a/b",
        "POST /2020-01-01/extension/register",
        "GET /2018-06-01/runtime/invocation/../../etc/passwd",
    ] {
        assert_eq!(call(&server, line, "", b"").await.0, 404, "{line}");
    }
    for line in [
        "POST /2018-06-01/runtime/invocation/next",
        "GET /2018-06-01/runtime/init/error",
    ] {
        assert_eq!(call(&server, line, "", b"").await.0, 405, "{line}");
    }
    assert_eq!(
        call(&server, "GET /2018-06-01/ping", "", b"").await.2,
        b"pong"
    );
}

#[tokio::test]
async fn a_client_that_talks_nonsense_harms_nobody() {
    let server = Server::start().await.unwrap();
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(&[0xff; 4096]).await.unwrap();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    let (answer, _) = served(&server, call(&server, &response(), "", b"1")).await;
    assert_eq!(answer, Answer::Response(Bytes::from_static(b"1")));
}
