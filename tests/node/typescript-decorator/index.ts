const traced = (method: Function, context: ClassMethodDecoratorContext) => method;

class Greeter {
  @traced
  greet(): string {
    return "hello";
  }
}

export const handler = async (): Promise<string> => new Greeter().greet();
