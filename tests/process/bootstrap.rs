//! A custom runtime without any library, compiled by the tests: it does what the event, or `MODE` for the init phase,
//! asks for.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::fd::FromRawFd;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// One request on a connection of its own: status, headers as text, body.
fn call(method: &str, path: &str, headers: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
    let address = std::env::var("AWS_LAMBDA_RUNTIME_API").unwrap();
    let mut stream = TcpStream::connect(&address).unwrap();
    let length = match headers.contains("chunked") {
        true => String::new(),
        false => format!("Content-Length: {}\r\n", body.len()),
    };
    let head = format!("{method} /2018-06-01/runtime{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}{length}\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut reader = BufReader::new(stream);
    let mut status = String::new();
    reader.read_line(&mut status).unwrap();
    let status = status.split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = String::new();
    while !headers.ends_with("\r\n\r\n") && headers != "\r\n" {
        if reader.read_line(&mut headers).unwrap() == 0 {
            break;
        }
    }
    let mut body = Vec::new();
    reader.read_to_end(&mut body).unwrap();
    (status, headers, body)
}

fn header(headers: &str, name: &str) -> String {
    headers
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.to_owned())
        .unwrap_or_default()
}

fn respond(id: &str, body: &[u8]) -> u16 {
    call("POST", &format!("/invocation/{id}/response"), "", body).0
}

fn hang() -> ! {
    loop {
        std::thread::park();
    }
}

fn segfault() {
    unsafe { std::ptr::null_mut::<u8>().write_volatile(1) }
}

/// A child in this process's group, and one in a group of its own.
fn children() -> [u32; 2] {
    let mut near = Command::new("sleep");
    let mut far = Command::new("sleep");
    far.process_group(0);
    [&mut near, &mut far].map(|command| command.arg("1000").spawn().unwrap().id())
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// What the process sees of its surroundings, as JSON.
fn surroundings() -> String {
    let names: Vec<String> = std::env::vars().map(|(name, _)| format!("\"{name}\"")).collect();
    let list = |folder: &str| -> String {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| format!("\"{}\"", entry.file_name().to_string_lossy()))
            .collect();
        names.sort();
        format!("[{}]", names.join(","))
    };
    let task = std::env::var("LAMBDA_TASK_ROOT").unwrap();
    let written = std::fs::write(format!("{task}/written"), "x").is_ok();
    let tmp = std::env::temp_dir();
    std::fs::write(tmp.join("kept"), "x").unwrap();
    format!(
        "{{\"names\":[{}],\"folder\":\"{}\",\"task\":\"{task}\",\"opt\":{},\"tmp\":\"{}\",\"inTmp\":{},\"writable\":{written},\"value\":\"{}\"}}",
        names.join(","),
        std::env::current_dir().unwrap().display(),
        list("/opt"),
        tmp.display(),
        list(&tmp.display().to_string()),
        escaped(&std::env::var("VALUE").unwrap_or_default()),
    )
}

fn act(id: &str, event: &str, headers: &str) {
    let (what, argument) = event.trim_matches('"').split_once(':').unwrap_or((event.trim_matches('"'), ""));
    match what {
        "exit" => std::process::exit(argument.parse().unwrap()),
        "segfault" => segfault(),
        "abort" => std::process::abort(),
        "hang" => hang(),
        "children" => {
            println!("{:?}", children());
            hang()
        }
        "background" => {
            let ids = children();
            respond(id, format!("{ids:?}").as_bytes());
        }
        "twice" => {
            let first = respond(id, b"1");
            let second = respond(id, b"2");
            println!("{first} then {second}");
        }
        "other-id" => {
            println!("{}", respond("00000000-0000-0000-0000-000000000000", b"1"));
            respond(id, b"2");
        }
        "huge" => println!("{}", respond(id, &vec![b' '; 7 << 20])),
        "close" => {
            println!("before");
            drop(unsafe { std::fs::File::from_raw_fd(1) });
            drop(unsafe { std::fs::File::from_raw_fd(2) });
            respond(id, b"\"closed\"");
        }
        "error" => {
            let body = br#"{"errorType":"Own","errorMessage":"no"}"#;
            let kind = "Lambda-Runtime-Function-Error-Type: Own\r\n";
            call("POST", &format!("/invocation/{id}/error"), kind, body);
        }
        "stream" => {
            let headers = "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\nTrailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n";
            let mut body = b"5\r\nhello\r\n6\r\n world\r\n0\r\n".to_vec();
            if argument == "failed" {
                body.extend(b"Lambda-Runtime-Function-Error-Type: Late\r\nLambda-Runtime-Function-Error-Body: eyJlcnJvclR5cGUiOiJMYXRlIn0=\r\n");
            }
            body.extend(b"\r\n");
            call("POST", &format!("/invocation/{id}/response"), headers, &body);
        }
        "memory" => {
            let mut all = Vec::new();
            loop {
                all.push(vec![1_u8; 1 << 20]);
                std::hint::black_box(&all);
            }
        }
        "respond-then-exit" => {
            respond(id, b"\"done\"");
            std::process::exit(5)
        }
        "respond-without-waiting" => {
            let address = std::env::var("AWS_LAMBDA_RUNTIME_API").unwrap();
            let mut stream = TcpStream::connect(&address).unwrap();
            let head = format!("POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n\"done\"");
            stream.write_all(head.as_bytes()).unwrap();
            std::process::exit(5)
        }
        "respond-then-hang" => {
            respond(id, b"\"done\"");
            hang()
        }
        "fill-tmp" => {
            let mut file = std::fs::File::create(std::env::temp_dir().join("big")).unwrap();
            for _ in 0..4 << 10 {
                file.write_all(&[1; 1 << 10]).unwrap();
            }
            hang()
        }
        "surroundings" => {
            respond(id, surroundings().as_bytes());
        }
        "headers" => {
            let names = ["Deadline-Ms", "Invoked-Function-Arn", "Trace-Id", "Client-Context"];
            let values: Vec<String> = names
                .iter()
                .map(|name| format!("\"{}\"", escaped(&header(headers, &format!("Lambda-Runtime-{name}")))))
                .collect();
            respond(id, format!("[{}]", values.join(",")).as_bytes());
        }
        _ => {
            respond(id, event.as_bytes());
        }
    }
}

fn main() {
    let mode = std::env::var("MODE").unwrap_or_default();
    match mode.split_once(':').unwrap_or((&mode, "")) {
        ("exit", status) => std::process::exit(status.parse().unwrap()),
        ("segfault", _) => segfault(),
        ("never-asks", _) => hang(),
        ("init-error", _) => {
            println!("cannot start");
            call("POST", "/init/error", "", br#"{"errorType":"Runtime.Own","errorMessage":"not today"}"#);
            std::process::exit(1)
        }
        _ => (),
    }
    loop {
        let (status, headers, body) = call("GET", "/invocation/next", "", b"");
        assert_eq!(status, 200);
        let id = header(&headers, "Lambda-Runtime-Aws-Request-Id");
        act(&id, std::str::from_utf8(&body).unwrap(), &headers);
    }
}
