import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';

const tracer = new Tracer({ serviceName: 'orders', captureHTTPsRequests: true });

export const handler = middy(async () => {
  const results = {};
  results.enabled = tracer.isTracingEnabled();
  results.segment = tracer.getSegment()?.name ?? null;
  tracer.putAnnotation('order', 1);
  tracer.putMetadata('data', { a: 1 });
  const parent = tracer.getSegment();
  const segment = parent.addNewSubsegment('### work');
  tracer.setSegment(segment);
  try {
    throw new Error('inside');
  } catch (error) {
    tracer.addErrorAsMetadata(error);
  } finally {
    segment.close();
    tracer.setSegment(parent);
  }
  results.work = await tracer.provider.captureAsyncFunc('### async', async (sub) => { sub?.close(); return 'done'; });
  results.trace = tracer.getRootXrayTraceId()?.slice(0, 2) ?? null;
  results.sampled = tracer.isTraceSampled();
  class Fake { constructor() { this.middlewareStack = { add() {}, remove() {}, use() {} }; this.config = {}; } }
  results.client = tracer.captureAWSv3Client(new Fake()) instanceof Fake;
  return results;
}).use(captureLambdaHandler(tracer));
