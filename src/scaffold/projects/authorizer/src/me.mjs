/** GET /me: who is asking, as the authorizer found out. */
export const handler = async (event) => {
  const { sub, scope } = event.requestContext.authorizer.lambda;
  return {
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: sub, scopes: scope.split(" ").filter(Boolean) }),
  };
};
