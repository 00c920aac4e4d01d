//! The builtin modules of the guest: which file each one comes from.

/// One builtin module.
pub struct Builtin {
    /// The name it is imported by. Programs see those that begin with `node:`.
    pub specifier: &'static str,
    /// Its text.
    pub source: Source,
    /// Whether it is evaluated before the snapshot even if nothing imports it.
    pub eager: bool,
}

/// Where the text of a builtin comes from.
pub enum Source {
    /// A file of the crate `wasm-rquickjs`: Node's own code or code like it, without natives.
    Vendored(&'static str),
    /// A file of `js/builtin`.
    Own(&'static str),
}

/// A builtin from `wasm-rquickjs`, evaluated before the snapshot.
const fn vendored(specifier: &'static str, file: &'static str) -> Builtin {
    Builtin {
        specifier,
        source: Source::Vendored(file),
        eager: true,
    }
}

/// A builtin of ours, evaluated before the snapshot.
const fn own(specifier: &'static str, file: &'static str) -> Builtin {
    Builtin {
        specifier,
        source: Source::Own(file),
        eager: true,
    }
}

/// A builtin of ours that few programs use: evaluated when it is first loaded.
const fn lazy(specifier: &'static str, file: &'static str) -> Builtin {
    Builtin {
        specifier,
        source: Source::Own(file),
        eager: false,
    }
}

/// All builtins, in the order in which they are evaluated (each after those it imports).
pub const BUILTINS: &[Builtin] = &[
    // The guest's own machinery.
    own("hoist:stack", "stack.js"),
    own("hoist:json", "json.js"),
    own("hoist:random", "random.js"),
    own("hoist:encoding", "encoding.js"),
    own("hoist:url-host", "url_host.js"),
    own("hoist:url-parser", "url_parser.js"),
    own("hoist:garbage", "garbage.js"),
    own("hoist:loop", "loop.js"),
    own("hoist:module-source", "module_source.js"),
    own("hoist:commonjs", "commonjs.js"),
    own("hoist:esm", "esm.js"),
    own("hoist:stdio", "stdio.js"),
    own("hoist:console-errors", "console_errors.js"),
    own("hoist:console-table", "console_table.js"),
    own("hoist:errors", "errors.js"),
    own("hoist:log", "log.js"),
    own("hoist:handler", "handler.js"),
    own("hoist:response-stream", "response_stream.js"),
    own("hoist:event-target", "event_target.js"),
    own("hoist:structured-clone", "structured_clone.js"),
    own("hoist:date", "date.js"),
    own("hoist:intl-date", "intl_date.js"),
    own("hoist:intl-number", "intl_number.js"),
    own("hoist:locale", "locale.js"),
    own("hoist:intl", "intl.js"),
    own("hoist:vendored-gaps", "vendored_gaps.js"),
    own("hoist:globals", "globals.js"),
    own("hoist:lambda", "lambda.js"),
    own("hoist:preload", "preload.js"),
    own(
        "__wasm_rquickjs_builtin/internal/binding/util",
        "binding_util.js",
    ),
    own(
        "__wasm_rquickjs_builtin/encoding_native",
        "encoding_native.js",
    ),
    own(
        "__wasm_rquickjs_builtin/string_decoder_native",
        "encoding_native.js",
    ),
    own("__wasm_rquickjs_builtin/url_native", "url_native.js"),
    own(
        "__wasm_rquickjs_builtin/perf_hooks_native",
        "perf_hooks_native.js",
    ),
    own(
        "__wasm_rquickjs_builtin/web_crypto_native",
        "web_crypto_native.js",
    ),
    own("base64-js", "base64.js"),
    own("__wasm_rquickjs_builtin/internal/util/types", "types.js"),
    own("hoist:buffer-speed", "buffer_speed.js"),
    own("node:async_hooks", "async_hooks.js"),
    own("node:process", "process.js"),
    own("node:console", "console.js"),
    own("node:timers", "timers.js"),
    own("node:timers/promises", "timers_promises.js"),
    own("node:os", "os.js"),
    own("node:string_decoder", "string_decoder.js"),
    own("node:tty", "tty.js"),
    own("hoist:crypto-base", "crypto_base.js"),
    own("hoist:crypto-keys", "crypto_keys.js"),
    own("hoist:crypto-cipher", "crypto_cipher.js"),
    own("hoist:crypto-derive", "crypto_derive.js"),
    own("hoist:crypto-sign", "crypto_sign.js"),
    own("hoist:crypto-subtle-keys", "crypto_subtle_keys.js"),
    own("hoist:crypto-subtle", "crypto_subtle.js"),
    own("node:crypto", "crypto.js"),
    own("hoist:zlib-constants", "zlib_constants.js"),
    own("node:zlib", "zlib.js"),
    own("hoist:fs-host", "fs_host.js"),
    own("hoist:fs-stats", "fs_stats.js"),
    own("hoist:fs-descriptors", "fs_descriptors.js"),
    own("hoist:fs-sync", "fs_sync.js"),
    own("hoist:fs-streams", "fs_streams.js"),
    own("hoist:fs-dir", "fs_dir.js"),
    own("node:fs/promises", "fs_promises.js"),
    own("node:fs", "fs.js"),
    own("hoist:network", "network.js"),
    own("hoist:unavailable", "unavailable.js"),
    own("hoist:net-address", "net_address.js"),
    own("node:net", "net.js"),
    own("hoist:http-socket", "http_socket.js"),
    own("node:_http_common", "http_common.js"),
    own("node:_http_incoming", "http_incoming.js"),
    own("node:_http_outgoing", "http_outgoing.js"),
    own("node:_http_agent", "http_agent.js"),
    own("node:_http_client", "http_client.js"),
    own("node:_http_server", "http_server.js"),
    own("node:http", "http.js"),
    own("node:https", "https.js"),
    own("hoist:http2-client", "http2_client.js"),
    own("node:http2", "http2.js"),
    own("node:module", "module.js"),
    own("node:stream/web", "stream_web.js"),
    own("node:path/posix", "path_posix.js"),
    own("node:path/win32", "path_win32.js"),
    own("node:util/types", "util_types.js"),
    own("node:assert/strict", "assert_strict.js"),
    own("node:sys", "sys.js"),
    // What few programs use, and what cannot work here.
    lazy("hoist:message-channel", "message_channel.js"),
    lazy("hoist:fetch-headers", "fetch_headers.js"),
    lazy("hoist:fetch-form", "fetch_form.js"),
    lazy("hoist:fetch-body", "fetch_body.js"),
    lazy("hoist:fetch-messages", "fetch_messages.js"),
    lazy("hoist:fetch", "fetch.js"),
    lazy("hoist:compression-stream", "compression_stream.js"),
    lazy("hoist:web-socket", "web_socket.js"),
    lazy("hoist:readline", "readline_interface.js"),
    lazy("hoist:v8-serdes", "v8_serdes.js"),
    lazy("node:child_process", "child_process.js"),
    lazy("node:cluster", "cluster.js"),
    lazy("node:dgram", "dgram.js"),
    lazy("node:dns/promises", "dns_promises.js"),
    lazy("node:dns", "dns.js"),
    lazy("node:inspector", "inspector.js"),
    lazy("node:inspector/promises", "inspector.js"),
    lazy("node:readline/promises", "readline_promises.js"),
    lazy("node:readline", "readline.js"),
    lazy("node:repl", "repl.js"),
    lazy("node:sea", "sea.js"),
    lazy("node:sqlite", "sqlite.js"),
    lazy("node:test", "test.js"),
    lazy("node:tls", "tls.js"),
    lazy("node:trace_events", "trace_events.js"),
    lazy("node:v8", "v8.js"),
    lazy("node:vm", "vm.js"),
    lazy("node:wasi", "wasi.js"),
    lazy("node:worker_threads", "worker_threads.js"),
    lazy("node:_stream_duplex", "stream_duplex.js"),
    lazy("node:_stream_passthrough", "stream_passthrough.js"),
    lazy("node:_stream_readable", "stream_readable.js"),
    lazy("node:_stream_transform", "stream_transform.js"),
    lazy("node:_stream_writable", "stream_writable.js"),
    Builtin {
        specifier: "node:domain",
        source: Source::Vendored("domain.js"),
        eager: false,
    },
    // Node's, as they are.
    vendored(
        "__wasm_rquickjs_builtin/internal/weak_collections",
        "internal/weak_collections.js",
    ),
    vendored("hoist:vendored-types", "internal/util/types.js"),
    vendored(
        "__wasm_rquickjs_builtin/internal/errors",
        "internal/errors.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/validators",
        "internal/validators.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/util/inspect",
        "internal/util/inspect.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/normalize_encoding",
        "internal/normalize_encoding.js",
    ),
    vendored("__wasm_rquickjs_builtin/internal/util", "internal/util.js"),
    vendored(
        "__wasm_rquickjs_builtin/internal/util/debuglog",
        "internal/util/debuglog.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/timers",
        "internal/timers.js",
    ),
    vendored("__wasm_rquickjs_builtin/internal/url", "internal/url.js"),
    vendored(
        "__wasm_rquickjs_builtin/internal/webstreams/util",
        "internal/webstreams_util.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/streams/add-abort-signal",
        "internal/streams/add-abort-signal.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/streams/buffer_list",
        "internal/streams/buffer_list.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/streams/compose",
        "internal/streams/compose.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/streams/destroy",
        "internal/streams/destroy.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/streams/duplex",
        "internal/streams/duplex.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/streams/end-of-stream",
        "internal/streams/end-of-stream.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/streams/from",
        "internal/streams/from.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/streams/legacy",
        "internal/streams/legacy.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/streams/passthrough",
        "internal/streams/passthrough.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/streams/pipeline",
        "internal/streams/pipeline.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/streams/readable",
        "internal/streams/readable.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/streams/state",
        "internal/streams/state.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/streams/transform",
        "internal/streams/transform.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/streams/utils",
        "internal/streams/utils.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/internal/streams/writable",
        "internal/streams/writable.js",
    ),
    vendored("__wasm_rquickjs_builtin/encoding", "encoding.js"),
    vendored(
        "__wasm_rquickjs_builtin/streams",
        "web-streams-polyfill-4.1.0.js",
    ),
    vendored(
        "__wasm_rquickjs_builtin/webstreams_wrapper",
        "webstreams.js",
    ),
    vendored("__wasm_rquickjs_builtin/http_blob", "fetch-blob-4.0.0.js"),
    vendored(
        "__wasm_rquickjs_builtin/http_form_data",
        "formdata-polyfill-4.0.10.js",
    ),
    vendored("ieee754", "ieee754.js"),
    vendored("node:buffer", "buffer.js"),
    vendored("node:events", "events.js"),
    vendored("node:util", "util.js"),
    vendored("node:path", "path.js"),
    vendored("node:querystring", "querystring.js"),
    vendored("node:punycode", "punycode.js"),
    vendored("node:url", "url.js"),
    vendored("hoist:string-decoder", "string_decoder.js"),
    vendored("node:assert", "assert.js"),
    vendored("node:stream", "stream.js"),
    vendored("node:stream/promises", "stream_promises.js"),
    vendored("node:stream/consumers", "stream_consumers.js"),
    vendored("node:perf_hooks", "perf_hooks.js"),
    vendored("node:diagnostics_channel", "diagnostics_channel.js"),
    vendored("node:constants", "constants.js"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_ours_is_in_the_table() {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/src/local/sandbox/guest/nodejs/js/builtin"
        );
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let is_it =
                |builtin: &&Builtin| matches!(builtin.source, Source::Own(file) if file == name);
            assert!(
                BUILTINS.iter().any(|builtin| is_it(&builtin)),
                "{name} is not used"
            );
        }
    }

    #[test]
    fn no_specifier_is_listed_twice() {
        for (index, builtin) in BUILTINS.iter().enumerate() {
            let again = BUILTINS[index + 1..]
                .iter()
                .any(|other| other.specifier == builtin.specifier);
            assert!(!again, "{} is listed twice", builtin.specifier);
        }
    }
}
