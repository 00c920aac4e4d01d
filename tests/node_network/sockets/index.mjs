import { get } from 'node:http';
import { Socket } from 'node:net';
export const handler = async ({ base, port }) => new Promise((resolve) => {
  const events = [];
  const req = get(`${base}/echo`, { agent: false }, (res) => {
    const { socket } = res;
    const seen = [socket === req.socket, res.connection === socket, socket instanceof Socket, socket.remoteAddress, socket.remotePort === port, socket.remoteFamily, typeof socket.localPort, socket.encrypted, socket.destroyed, socket.readyState];
    res.resume().on('end', () => { events.push('end'); }).on('close', () => resolve({ events, seen }));
  });
  req.on('socket', (socket) => { events.push(['socket', socket.connecting]); socket.setNoDelay(true); socket.setKeepAlive(true, 1000); socket.on('connect', () => events.push(['connect', socket.connecting])); });
  req.on('finish', () => events.push('finish'));
  req.on('response', () => events.push('response'));
  req.setNoDelay(); req.setSocketKeepAlive(true);
});
