// stripe, @slack/web-api, openai, twilio, nodemailer, aws-xray-sdk-core: their clients against the case's server.
import { table, caught } from '../table.cjs';
import Stripe from 'stripe';
import { WebClient } from '@slack/web-api';
import OpenAI from 'openai';
import twilio from 'twilio';
import nodemailer from 'nodemailer';
import AWSXRay from 'aws-xray-sdk-core';

const url = new URL(process.env.SERVER_URL);
const told = (answer) => [answer.method, answer.path, answer.body?.slice(0, 200)];

export const handler = table({
  stripe: async () => { const stripe = new Stripe('sk_test_x', { host: url.hostname, port: url.port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 }); const made = await stripe.customers.create({ email: 'a@b.co', metadata: { k: 'v' } }); const failed = await stripe.charges.retrieve('ch_1', undefined, { idempotencyKey: 'x' }).then(told, (error) => error.type); const body = JSON.stringify({ id: 'evt_1', object: 'event' }); const header = stripe.webhooks.generateTestHeaderString({ payload: body, secret: 'whsec_x' }); return [told(made), failed, stripe.webhooks.constructEvent(body, header, 'whsec_x').id, caught(() => stripe.webhooks.constructEvent(body, 't=1,v1=x', 'whsec_x')).split('\n')[0]]; },
  slack: async () => { const client = new WebClient('xoxb-x', { slackApiUrl: `${url.href}status/200?`, retryConfig: { retries: 0 } }); return client.chat.postMessage({ channel: 'C', text: 'hi', blocks: [] }).then((answer) => Object.keys(answer), (error) => [error.code, error.message]); },
  openai: async () => { const client = new OpenAI({ apiKey: 'k', baseURL: `${url.href}v1`, maxRetries: 0 }); const answer = await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }); const failed = await new OpenAI({ apiKey: 'k', baseURL: `${url.href}status/401`.replace('/status', '/status'), maxRetries: 0 }).models.list().catch((error) => [error.constructor.name, error.status]); return [told(answer), Array.isArray(failed) ? failed : Object.keys(failed).length > 0]; },
  twilio: () => { const client = twilio('ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'token'); const response = new twilio.twiml.VoiceResponse(); response.say({ voice: 'alice' }, 'Hi <you>'); response.gather({ numDigits: 1 }).say('press'); return [typeof client.messages.create, response.toString(), twilio.validateRequest('12345', 'GvWf1cFY/Q7PnoempGyD5oXAezc=', 'https://mycompany.com/myapp.php?foo=1&bar=2', { From: '+14158675310', Digits: '1234' })]; },
  nodemailer: async () => { const transport = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'unix' }); const sent = await transport.sendMail({ from: 'Ä <a@b.co>', to: 'c@d.co', subject: 'Grüße', text: 'hi', html: '<b>hi</b>', messageId: '<x@y>', date: new Date(0), attachments: [{ filename: 'a.txt', content: 'data' }] }); return [sent.envelope, sent.message.toString().replace(/-{4}_NmP-[\w-]+/g, '<b>').replace(/boundary=.*/g, 'boundary')]; },
  'nodemailer refuses': () => nodemailer.createTransport({ host: '127.0.0.1', port: 1, connectionTimeout: 500 }).sendMail({ from: 'a@b.co', to: 'c@d.co' }).then(() => 'sent', () => 'refused'),
  'aws-xray-sdk-core': () => { AWSXRay.setContextMissingStrategy('IGNORE_ERROR'); const segment = new AWSXRay.Segment('s', '1-5759e988-bd862e3fe1be46a994272793'); segment.addAnnotation('a', 1); const sub = segment.addNewSubsegment('sub'); sub.addError(new Error('e')); sub.close(); const text = JSON.parse(segment.toString()); return [text.name, text.trace_id, text.annotations, text.subsegments[0].cause.exceptions[0].message, AWSXRay.captureFunc('f', () => 5, segment), AWSXRay.utils.processTraceData('Root=1-a-b;Parent=c;Sampled=1')]; },
});
