// Forms as bytes and back: https://www.rfc-editor.org/rfc/rfc7578 and application/x-www-form-urlencoded.

import { Buffer } from "node:buffer";
import { URLSearchParams } from "node:url";
import { File, FormData } from "__wasm_rquickjs_builtin/http_form_data";
import { Blob } from "__wasm_rquickjs_builtin/http_blob";

const escaped = (text) => text.replace(/\n/g, "%0A").replace(/\r/g, "%0D").replace(/"/g, "%22");
const lines = (text) => text.replace(/\r?\n|\r/g, "\r\n");

/** A form as a Blob, and its type. */
export function encodeForm(form) {
  const boundary = `----formdata-undici-0${`${Math.floor(Math.random() * 1e11)}`.padStart(11, "0")}`;
  const parts = [];
  for (const [name, value] of form) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(lines(name))}"`;
    if (typeof value === "string") {
      parts.push(`${head}\r\n\r\n${lines(value)}\r\n`);
    } else {
      const file = value.name ? `; filename="${escaped(value.name)}"` : "";
      parts.push(`${head}${file}\r\nContent-Type: ${value.type || "application/octet-stream"}\r\n\r\n`, value, "\r\n");
    }
  }
  parts.push(`--${boundary}--\r\n`);
  return { blob: new Blob(parts), type: `multipart/form-data; boundary=${boundary}` };
}

const unescaped = (text) => text.replace(/%0A/gi, "\n").replace(/%0D/gi, "\r").replace(/%22/g, '"');

function headerParameter(header, name) {
  const match = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;]*))`, "i").exec(header);
  return match ? unescaped(match[1] ?? match[2]) : undefined;
}

function failure() {
  return new TypeError("Failed to parse body as FormData.");
}

function decodePart(part, form) {
  const end = part.indexOf("\r\n\r\n");
  if (end === -1) throw failure();
  const head = part.toString("utf8", 0, end).split("\r\n");
  const content = part.subarray(end + 4);
  const header = (name) => head.find((line) => line.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1).trim();
  const disposition = header("content-disposition");
  const name = disposition && headerParameter(disposition, "name");
  if (name === undefined) throw failure();
  const filename = headerParameter(disposition, "filename");
  if (filename === undefined) form.append(name, content.toString("utf8"));
  else form.append(name, new File([content], filename, { type: header("content-type") ?? "text/plain" }), filename);
}

function decodeMultipart(bytes, boundary) {
  const form = new FormData();
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const delimiter = Buffer.from(`--${boundary}`);
  let at = body.indexOf(delimiter);
  if (at === -1) throw failure();
  for (;;) {
    const start = at + delimiter.length;
    if (body.toString("latin1", start, start + 2) === "--") return form;
    const next = body.indexOf(Buffer.concat([Buffer.from("\r\n"), delimiter]), start);
    if (next === -1) throw failure();
    decodePart(body.subarray(start + 2, next), form);
    at = next + 2;
  }
}

/** The form in the bytes of a body of this type. */
export function decodeForm(bytes, type) {
  if (/^multipart\/form-data\b/i.test(type)) {
    const boundary = headerParameter(type, "boundary");
    if (!boundary) throw failure();
    return decodeMultipart(bytes, boundary);
  }
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) {
    const form = new FormData();
    for (const [name, value] of new URLSearchParams(Buffer.from(bytes).toString("utf8"))) form.append(name, value);
    return form;
  }
  throw new TypeError('Content-Type was not one of "multipart/form-data" or "application/x-www-form-urlencoded".');
}
