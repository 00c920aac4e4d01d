/** One look at a page. */
export interface View {
  page: string;
  visitor: string;
}

/** The view in a record's data, which is JSON in base64. Throws a TypeError that says what is wrong with it. */
export const viewOf = (data: string): View => {
  const value: unknown = parse(Buffer.from(data, "base64").toString());
  if (typeof value !== "object" || value === null) throw new TypeError("a view is an object");
  const { page, visitor } = value as Partial<View>;
  if (typeof page !== "string" || !page.startsWith("/")) throw new TypeError("page is a path");
  if (typeof visitor !== "string") throw new TypeError("visitor is a string");
  return { page, visitor };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new TypeError("a view is JSON");
  }
};
