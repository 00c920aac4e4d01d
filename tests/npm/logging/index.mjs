// pino, winston, bunyan, debug.
import pino from 'pino';
import winston from 'winston';
import bunyan from 'bunyan';
import debug from 'debug';
import { Writable } from 'node:stream';

export const handler = async () => {
  const lines = [];
  const sink = new Writable({ write(piece, encoding, done) { lines.push(piece.toString().trim().replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>').replace(/\d{13}/g, '<ms>').replace(/"pid":\d+/g, '"pid":1').replace(/"hostname":"[^"]*"/g, '"hostname":"h"').replace(/\\n +at [^"]*/g, '')); done(); } });
  const log = pino({ level: 'debug', redact: ['password', 'user.*.secret'], base: { app: 'x' }, formatters: { level: (label) => ({ level: label }) } }, sink);
  log.info({ password: 'p', user: { a: { secret: 1 } }, n: 1n }, 'hello %s %d %j', 'you', 5, { a: 1 });
  log.child({ module: 'm' }, { level: 'warn' }).info('hidden');
  log.child({ module: 'm' }).error(new TypeError('broken'), 'failed');
  log.trace('hidden');
  const destination = pino({ timestamp: false, base: null });
  destination.info('to standard output');
  destination.flush();
  const { combine, timestamp, json, printf, errors, splat } = winston.format;
  const win = winston.createLogger({ level: 'info', format: combine(timestamp(), splat(), errors({ stack: false }), json()), defaultMeta: { service: 'w' }, transports: [new winston.transports.Stream({ stream: sink })] });
  win.info('hi %s', 'there', { extra: [1] });
  win.error(new Error('bad'));
  win.debug('hidden');
  winston.createLogger({ format: printf(({ level, message }) => `${level}|${message}`), transports: [new winston.transports.Console()] }).warn('to the console');
  const bun = bunyan.createLogger({ name: 'b', streams: [{ stream: sink, level: 'info' }], serializers: bunyan.stdSerializers, src: false });
  bun.info({ err: new RangeError('r') }, 'with %s', 'error');
  bun.child({ c: 1 }).warn('child');
  debug.enable('app:*,-app:no');
  const say = debug('app:yes');
  say.log = (...args) => lines.push(args.join(' ').replace(/<time>|\d{4}-\S+ /, ''));
  say('count %d %o', 5, { a: 1 });
  debug('app:no')('hidden');
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { lines: lines.join('\n'), enabled: [debug.enabled('app:x'), debug.enabled('app:no'), log.isLevelEnabled('trace'), win.isLevelEnabled('info')] };
};
