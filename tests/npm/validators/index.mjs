// joi, yup, validator, class-validator and class-transformer without decorators.
import { table, caught } from '../table.cjs';
import Joi from 'joi';
import * as yup from 'yup';
import validator from 'validator';
import 'reflect-metadata';
import { validate, IsEmail, IsInt, Min, ValidateNested } from 'class-validator';
import { plainToInstance, instanceToPlain, Type, Expose } from 'class-transformer';

class Line { sku; count; }
class Order { mail; lines; }
const decorate = (Class, name, ...decorators) => { for (const one of decorators) one(Class.prototype, name); };
decorate(Line, 'count', IsInt(), Min(1));
decorate(Line, 'sku', Expose({ name: 'id' }));
decorate(Order, 'mail', IsEmail());
decorate(Order, 'lines', ValidateNested({ each: true }), Type(() => Line));

export const handler = table({
  joi: async () => { const schema = Joi.object({ name: Joi.string().alphanum().min(3).required(), age: Joi.number().integer().max(120), mail: Joi.string().email({ tlds: false }), at: Joi.date().iso(), role: Joi.valid('a', 'b').default('a'), tags: Joi.array().items(Joi.string()).unique(), a: Joi.any(), b: Joi.any() }).xor('a', 'b').with('age', 'mail'); const check = (value) => { const { error, value: found } = schema.validate(value, { abortEarly: false }); return error ? error.details.map((one) => [one.message, one.type, one.path]) : found; }; return [check({ name: 'Ada1', age: '5', mail: 'a@b.co', at: '2024-02-29', a: 1 }), check({ name: '!', age: 500, tags: ['x', 'x'], a: 1, b: 2, more: 1 }), await Joi.string().external(async (value) => value.toUpperCase()).validateAsync('x'), caught(() => Joi.attempt('x', Joi.number())).split('\n')[0], Joi.string().when('$x', { is: 1, then: Joi.forbidden() }).validate('a', { context: { x: 1 } }).error.message]; },
  yup: async () => { const schema = yup.object({ name: yup.string().trim().required(), age: yup.number().positive().integer().nullable(), site: yup.string().url(), list: yup.array(yup.object({ n: yup.number().required() })).min(1), twice: yup.string().oneOf([yup.ref('name')]) }); return [await schema.validate({ name: ' a ', age: '3', list: [{ n: '1' }] }), await schema.validate({ age: -1.5, site: 'x', list: [{}], twice: 'z' }, { abortEarly: false }).catch((error) => [error.errors, error.inner.map((one) => one.path)]), schema.cast({ name: 5, list: [] }), await schema.isValid({}), schema.describe().fields.name.tests, yup.date().cast('2024-02-29T10:00:00Z')]; },
  validator: () => [validator.isEmail('a@b.co'), validator.isURL('http://x.y/z?q'), validator.isUUID('123e4567-e89b-42d3-a456-426614174000'), validator.isCreditCard('4111111111111111'), validator.isIBAN('DE89370400440532013000'), validator.isISO8601('2024-02-29T10:00:00Z', { strict: true }), validator.isMobilePhone('+491701234567', 'de-DE'), validator.isJWT('a.b.c'), validator.isStrongPassword('aA1!aaaa'), validator.escape('<a>&"'), validator.normalizeEmail('A.B+x@gmail.com'), validator.isDecimal('1,5', { locale: 'de-DE' }), validator.isBase64('aGk='), validator.isIP('::1', 6), validator.trim('  x ')],
  'class-validator': async () => { const order = plainToInstance(Order, { mail: 'no', lines: [{ id: 'a', count: 0 }, { id: 'b', count: 2 }] }); const errors = await validate(order); return [order, errors.map((one) => [one.property, one.constraints, one.children?.map((child) => [child.property, child.children[0]?.constraints])]), instanceToPlain(order), order.lines[0] instanceof Line]; },
});
