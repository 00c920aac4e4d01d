const fs = require('fs');
const path = require('path');
exports.handler = async () => {
  const dir = fs.mkdtempSync('/tmp/case-');
  const at = (name) => path.join(dir, name);
  const out = {};
  fs.writeFileSync(at('a.txt'), 'one'); fs.appendFileSync(at('a.txt'), ' two'); fs.mkdirSync(at('sub/deep'), { recursive: true }); fs.copyFileSync(at('a.txt'), at('sub/b.txt')); fs.renameSync(at('sub/b.txt'), at('sub/c.txt'));
  out.read = [fs.readFileSync(at('a.txt'), 'utf8'), fs.readFileSync(at('a.txt')).length, await fs.promises.readFile(at('sub/c.txt'), { encoding: 'utf8' })];
  out.list = [fs.readdirSync(dir).sort(), fs.readdirSync(dir, { withFileTypes: true }).map((d) => [d.name, d.isDirectory()]), fs.readdirSync(dir, { recursive: true }).sort()];
  const stat = fs.statSync(at('a.txt')); out.stat = [stat.size, stat.isFile(), stat.isDirectory(), stat.mtime instanceof Date, fs.existsSync(at('nope')), fs.statSync(at('nope'), { throwIfNoEntry: false }) === undefined];
  for (const [name, run] of Object.entries({ open: () => fs.readFileSync(at('nope')), rmdir: () => fs.rmdirSync(at('sub')), mkdir: () => fs.mkdirSync(at('sub')), dir: () => fs.readFileSync(dir), unlink: () => fs.unlinkSync(at('nope')) })) { try { run(); out[name] = 'fine'; } catch (error) { out[name] = [error.code, error.errno, error.syscall, error.message.replaceAll(dir, 'DIR')]; } }
  const fd = fs.openSync(at('fd'), 'w+'); fs.writeSync(fd, 'hello'); fs.writeSync(fd, 'J', 0); const buffer = Buffer.alloc(5); fs.readSync(fd, buffer, 0, 5, 0); fs.closeSync(fd); out.fd = buffer.toString();
  fs.symlinkSync('a.txt', at('link')); out.link = [fs.readlinkSync(at('link')), fs.lstatSync(at('link')).isSymbolicLink(), fs.readFileSync(at('link'), 'utf8')];
  out.callback = await new Promise((resolve) => fs.readFile(at('a.txt'), 'utf8', (error, text) => resolve([error, text]))); out.missing = await new Promise((resolve) => fs.stat(at('nope'), (error) => resolve(error.code))); out.promise = await fs.promises.access(at('nope')).catch((error) => error.code);
  await new Promise((resolve, reject) => { const w = fs.createWriteStream(at('stream')); w.write('a'.repeat(70000)); w.end('end'); w.on('finish', resolve).on('error', reject); });
  let size = 0; for await (const chunk of fs.createReadStream(at('stream'))) size += chunk.length; out.stream = size; out.range = await new Promise((resolve) => { let text = ''; fs.createReadStream(at('a.txt'), { start: 1, end: 3, encoding: 'utf8' }).on('data', (c) => { text += c; }).on('end', () => resolve(text)); });
  out.error = await new Promise((resolve) => fs.createReadStream(at('nope')).on('error', (error) => resolve(error.code)));
  const handle = await fs.promises.open(at('h'), 'w+'); await handle.write('handle'); out.handle = (await handle.read(Buffer.alloc(3), 0, 3, 0)).buffer.toString(); await handle.close();
  fs.truncateSync(at('a.txt'), 2); fs.utimesSync(at('a.txt'), 1, 2); fs.chmodSync(at('a.txt'), 0o600); out.meta = [fs.readFileSync(at('a.txt'), 'utf8'), fs.statSync(at('a.txt')).mtimeMs]; out.real = fs.realpathSync(at('sub/../a.txt')) === at('a.txt');
  fs.rmSync(dir, { recursive: true, force: true }); out.gone = fs.existsSync(dir);
  return out;
};
