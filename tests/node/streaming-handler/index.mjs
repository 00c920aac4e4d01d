export const handler = awslambda.streamifyResponse(async (event, stream, context) => {
  stream.write('Hello ');
  await new Promise((resolve) => setTimeout(resolve, 1));
  stream.write(event.name);
  stream.end();
});
