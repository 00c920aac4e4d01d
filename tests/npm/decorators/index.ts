// Decorators in TypeScript. expected.json is what tsc 5.9 makes of it with experimentalDecorators, emitDecoratorMetadata
// and without useDefineForClassFields, under Node 20.
import 'reflect-metadata';
import { Engine, type Part } from './engine';
import { injectable, inject, Container } from 'inversify';
import { IsEmail, IsInt, Min, ValidateNested, validate } from 'class-validator';
import { Type, plainToInstance } from 'class-transformer';
import { container as tsy, injectable as tsInjectable, singleton, autoInjectable } from 'tsyringe';

const order: string[] = [];
function log(name: string) { return (...args: unknown[]): void => { order.push(`${name} ${typeof args[0] === 'function' ? (args[0] as Function).name : args[0]?.constructor?.name} ${String(args[1])} ${typeof args[2]}`); }; }
enum Kind { A, B }
interface Shape { x: number }

@log('class')
@log('class again')
export class Everything {
  @log('field') name: string = 'n';
  @log('optional') maybe?: Date;
  @log('kind') kind!: Kind;
  constructor(@log('parameter') private readonly engine: Engine, public shape: Shape, part?: Part | null) {}
  @log('method') @log('second')
  async run(@log('argument') id: string, list: number[]): Promise<void> { void [id, list, this.engine]; }
  @log('accessor') get size(): number { return 5; }
  @log(
    'many lines',
  )
  protected plain(value: unknown): 'a' | 'b' { return value ? 'a' : 'b'; }
  // tsc decorates static members after the others wherever they stand.
  @log('static field') static count: number = 1;
  @log('static') static make(): Everything { return new Everything(new Engine(), { x: 1 }); }
}

function twice(target: any, key: string, descriptor: PropertyDescriptor) { const own = descriptor.value; descriptor.value = function (n: number) { return own.call(this, n) * 2; }; }
function sealed<T extends { new (...args: any[]): {} }>(Base: T) { return class extends Base { sealed = true; }; }

@sealed
class Counter { @twice add(n: number): number { return n + 1; } }

@injectable()
abstract class Named { abstract name(): string; }
@injectable()
class Car extends Named { constructor(private engine: Engine, @inject('plate') readonly plate: string) { super(); } name() { return `${this.plate} ${this.engine.start()}`; } }

class Line { @IsInt() @Min(1) count: number; }
class Order { @IsEmail() mail: string; @ValidateNested({ each: true }) @Type(() => Line) lines: Line[]; }

@singleton() class Store { id = 7; }
@tsInjectable() class Shop { constructor(public store: Store, public engine: Engine) {} }

export default class Plain { @log('plain') x = 1; }

const meta = (target: object, key?: string) => ['design:type', 'design:paramtypes', 'design:returntype'].map((one) => { const value = key === undefined ? Reflect.getMetadata(one, target) : Reflect.getMetadata(one, target, key); return Array.isArray(value) ? value.map((v) => v?.name) : value?.name; });

export const handler = async () => {
  const made = new Container();
  made.bind(Engine).toSelf(); made.bind(Car).toSelf(); made.bind('plate').toConstantValue('AB-1');
  const errors = await validate(plainToInstance(Order, { mail: 'x', lines: [{ count: 0 }, { count: 2 }] }));
  const shop = tsy.resolve(Shop);
  return {
    order: order.join('\n'),
    class: JSON.stringify(meta(Everything)), run: JSON.stringify(meta(Everything.prototype, 'run')), name: JSON.stringify(meta(Everything.prototype, 'name')), maybe: JSON.stringify(meta(Everything.prototype, 'maybe')), kind: JSON.stringify(meta(Everything.prototype, 'kind')), size: JSON.stringify(meta(Everything.prototype, 'size')), plain: JSON.stringify(meta(Everything.prototype, 'plain')), make: JSON.stringify(meta(Everything, 'make')),
    counter: JSON.stringify([new Counter().add(1), (new Counter() as any).sealed]),
    car: made.get(Car).name(), errors: JSON.stringify(errors.map((one) => [one.property, one.constraints, one.children?.map((child) => child.children?.[0]?.constraints)])), shop: JSON.stringify([shop.store.id, shop.engine.start(), tsy.resolve(Store) === shop.store]),
    'names of instances': JSON.stringify(Object.keys(new Everything(new Engine(), { x: 1 }))),
  };
};
