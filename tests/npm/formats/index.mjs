// csv-parse, csv-stringify, fast-xml-parser, xml2js, yaml, js-yaml, qs, dotenv, form-data, busboy, lambda-multipart-parser.
import { table, caught } from '../table.cjs';
import { parse as csv } from 'csv-parse/sync';
import { parse as csvStream } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import { stringify as stringifyStream } from 'csv-stringify';
import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
import xml2js from 'xml2js';
import YAML from 'yaml';
import * as jsYaml from 'js-yaml';
import qs from 'qs';
import dotenv from 'dotenv';
import FormDataPackage from 'form-data';
import busboy from 'busboy';
import multipart from 'lambda-multipart-parser';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const multi = ['--x', 'Content-Disposition: form-data; name="field"', '', 'välue', '--x', 'Content-Disposition: form-data; name="file"; filename="a.bin"', 'Content-Type: application/octet-stream', '', '\u0001\u0002', '--x--', ''].join('\r\n');
const xml = '<?xml version="1.0"?><!DOCTYPE a><order id="5" xmlns:n="urn:x"><line sku="a&amp;b">1</line><line sku="c"><![CDATA[<raw>]]></line><n:empty/><date>2024-02-29</date></order>';

export const handler = table({
  csv: () => [csv('a,b\n1,"x ""y"" z"\n2,\n', { columns: true, cast: true }), csv('a;b\r\n# c\r\n1;2', { delimiter: ';', comment: '#', from_line: 2 }), caught(() => csv('a,b\n1')), csv('\ufeffa\n1', { bom: true, columns: true })],
  'csv as a stream': async () => { const rows = []; await pipeline(Readable.from(['id,na', 'me\n1,Ada\n2,', 'Alan\n']), csvStream({ columns: true }), async (source) => { for await (const row of source) rows.push(row); }); return rows; },
  'csv written': async () => { let text = ''; await pipeline(Readable.from([{ a: 1 }, { a: 'x,y' }]), stringifyStream({ header: true }), async (source) => { for await (const piece of source) text += piece; }); return [stringify([[1, 'a"b', null, new Date(0), true]], { cast: { date: (date) => date.toISOString() } }), text, stringify([{ b: 1, a: 2 }], { header: true, columns: ['a', 'b'], quoted: true, delimiter: ';' })]; },
  xml: () => { const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', cdataPropName: '#cdata' }); const read = parser.parse(xml); return [read, new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', format: true, cdataPropName: '#cdata' }).build({ order: read.order }), XMLValidator.validate('<a><b></a>'), new XMLParser({ preserveOrder: true }).parse('<a>1<b/>2</a>')]; },
  xml2js: async () => [await xml2js.parseStringPromise(xml, { explicitArray: false, mergeAttrs: true }), new xml2js.Builder({ headless: true }).buildObject({ a: { $: { x: 1 }, b: ['1', '2'], _: 'text' } }), await xml2js.parseStringPromise('<a><b></a>').catch((error) => error.message.split('\n')[0])],
  yaml: () => [YAML.parse('a: &x [1, 2.5, true, null, ~, 0x1f, 2024-02-29]\nb: *x\nc: |\n  line\n  two\nd: >-\n  folded\n  text\n? complex key\n: {e: "\\u00fc"}\n'), YAML.stringify({ a: [1, { b: 'x: y' }], long: 'multi\nline', date: new Date(0), empty: [], n: null }), caught(() => YAML.parse('a: [1')), YAML.parseAllDocuments('a: 1\n---\nb: 2').map((one) => one.toJS()), String(new YAML.Document({ a: 1 }))],
  'js-yaml': () => [jsYaml.load('a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\nt: 2024-02-29T00:00:00Z\n'), jsYaml.dump({ a: [1, 'yes', ''], b: { c: undefined, d: 'x\ny' } }, { skipInvalid: true, sortKeys: true }), caught(() => jsYaml.load('a: b: c')).split('\n')[0]],
  qs: () => [qs.parse('a[b][c]=1&d[]=x&d[]=y&e=%FC%zz&f=1&f=2'), qs.stringify({ a: { b: [1, 2] }, c: null, d: new Date(0), e: undefined }), qs.stringify({ a: [1, 2] }, { arrayFormat: 'comma', encode: false }), qs.parse('a;b=2', { delimiter: ';' })],
  dotenv: () => dotenv.parse('A=1\nB="two\\nlines" # comment\nC=\'single\'\nexport D= spaced \nE=`x`\n#F=1\n'),
  'form-data': async () => { const form = new FormDataPackage(); form.setBoundary('b'); form.append('a', 'ü'); form.append('f', Buffer.from('file'), { filename: 'x.txt', contentType: 'text/plain' }); return [form.getHeaders(), form.getLengthSync(), form.getBuffer().toString().replace(/\r\n/g, '|')]; },
  busboy: () => new Promise((resolve, reject) => { const seen = []; const parser = busboy({ headers: { 'content-type': 'multipart/form-data; boundary=x' }, limits: { fileSize: 1000 } }); parser.on('field', (name, value) => seen.push([name, value])); parser.on('file', (name, stream, info) => { const pieces = []; stream.on('data', (piece) => pieces.push(piece)); stream.on('end', () => seen.push([name, info, Buffer.concat(pieces)])); }); parser.on('close', () => resolve(seen)); parser.on('error', reject); parser.end(Buffer.from(multi)); }),
  'lambda-multipart-parser': async () => multipart.parse({ headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: Buffer.from(multi).toString('base64'), isBase64Encoded: true }),
});
