// inversify, tsyringe, reflect-metadata: decorators applied by hand.
import 'reflect-metadata';
import { table, caught } from '../table.cjs';
import { Container, inject, injectable } from 'inversify';
import { container, injectable as tsInjectable, inject as tsInject, singleton, Lifecycle } from 'tsyringe';

class Engine { start() { return 'started'; } }
class Car { constructor(engine, name) { this.engine = engine; this.name = name; } go() { return `${this.name} ${this.engine.start()}`; } }
injectable()(Engine);
injectable()(Car);
inject(Engine)(Car, undefined, 0);
inject('name')(Car, undefined, 1);
class Store {}
singleton()(Store);
class Shop { constructor(store, title) { this.store = store; this.title = title; } }
Reflect.defineMetadata('design:paramtypes', [Store, String], Shop);
tsInject('title')(Shop, undefined, 1);
tsInjectable()(Shop);

export const handler = table({
  metadata: () => { Reflect.defineMetadata('k', 1, Car, 'go'); return [Reflect.getMetadata('k', Car, 'go'), Reflect.hasMetadata('k', class extends Car {}, 'go'), Reflect.getMetadataKeys(Car, 'go'), Reflect.decorate([(target) => { target.x = 1; }], class A {}).x]; },
  inversify: () => { const made = new Container({ defaultScope: 'Singleton' }); made.bind(Engine).toSelf(); made.bind(Car).toSelf(); made.bind('name').toConstantValue('beetle'); made.bind('later').toDynamicValue((context) => context.get('name').length); return [made.get(Car).go(), made.get(Engine) === made.get(Engine), made.get('later'), made.isBound('nothing'), caught(() => made.get('nothing')).split('\n')[0]]; },
  tsyringe: () => { container.register('title', { useValue: 'shop' }); container.register('made', { useFactory: () => 5 }); container.register('each', { useClass: Engine }, { lifecycle: Lifecycle.Transient }); const shop = container.resolve(Shop); return [shop.title, shop.store instanceof Store, container.resolve(Shop).store === shop.store, container.resolve('made'), container.createChildContainer().isRegistered('title', true), caught(() => container.resolve('nothing'))]; },
});
