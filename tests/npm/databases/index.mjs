// pg, mysql2, mongodb, ioredis, knex, sequelize, typeorm: they load and build queries; a connection fails clearly.
import { table, caught } from '../table.cjs';
import pg from 'pg';
import mysql from 'mysql2/promise';
import { MongoClient, ObjectId, BSON } from 'mongodb';
import Redis from 'ioredis';
import knex from 'knex';
import { DataTypes, Op, Sequelize } from 'sequelize';
import { DataSource, EntitySchema } from 'typeorm';

const why = (error) => (error?.message ?? String(error)).includes('Hoist') || ['ECONNREFUSED', 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM'].includes(error?.code) || /ECONNREFUSED|closed/.test(error?.message ?? error?.errors?.[0]?.message ?? '');
const refused = (promise) => Promise.race([promise.then(() => 'connected', (error) => (why(error) ? 'refused' : `unclear: ${error?.name} ${error?.message}`)), new Promise((resolve) => setTimeout(resolve, 8000, 'no answer').unref())]);

export const handler = table({
  'pg refuses': () => refused(new pg.Client({ host: '127.0.0.1', port: 1 }).connect()),
  'pg types': () => [pg.types.getTypeParser(1184)('2024-02-29 10:00:00+00'), pg.escapeLiteral("a'b"), pg.escapeIdentifier('a"b'), pg.types.getTypeParser(1007)('{1,2}')],
  'mysql2 refuses': () => refused((async () => mysql.createConnection({ host: '127.0.0.1', port: 1 }))()),
  'mysql2 formats': () => [mysql.format('select ? from ?? where a in (?)', ["x'y", 'table', [1, 2]]), mysql.escape(new Date(0))],
  'mongodb refuses': () => refused(new MongoClient('mongodb://127.0.0.1:1', { serverSelectionTimeoutMS: 300 }).connect()),
  bson: () => { const id = new ObjectId('65e0b3c2a1b2c3d4e5f60718'); const bytes = BSON.serialize({ id, n: 5, l: BSON.Long.fromString('9007199254740993'), d: new Date(0), list: [1, 'x'], b: new BSON.Binary(Buffer.from('hi')) }); return [bytes.length, BSON.deserialize(bytes).list, id.getTimestamp(), ObjectId.isValid('x'), BSON.EJSON.stringify({ id, d: new Date(0) })]; },
  'ioredis refuses': () => { const redis = new Redis({ host: '127.0.0.1', port: 1, lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 }); redis.on('error', () => {}); return refused(redis.connect()); },
  knex: () => { const query = knex({ client: 'pg' }); return [query('users').where({ a: 1 }).andWhere('b', '>', 2).leftJoin('x', 'x.id', 'users.x').orderBy('c', 'desc').limit(5).toString(), query('users').insert({ a: "it's", b: null, c: { json: 1 } }).returning('*').toSQL().toNative(), query.schema.createTable('t', (one) => { one.increments('id'); one.string('name').notNullable().unique(); one.timestamps(true, true); }).toString(), query('t').whereRaw('a = ?', [1]).del().toString()]; },
  sequelize: () => { const sequelize = new Sequelize('postgres://a:b@127.0.0.1:1/c', { logging: false, dialectModule: pg }); const User = sequelize.define('User', { name: { type: DataTypes.STRING, allowNull: false, validate: { len: [2, 5] } }, age: DataTypes.INTEGER }); User.hasMany(sequelize.define('Post', { title: DataTypes.TEXT })); const generator = sequelize.getQueryInterface().queryGenerator; return [generator.selectQuery('Users', { where: { age: { [Op.gt]: 5 }, [Op.or]: [{ name: 'a' }, { name: { [Op.like]: '%b' } }] }, order: [['name', 'DESC']], limit: 3 }, User), User.build({ name: 'Ada' }).toJSON(), Object.keys(User.associations), caught(() => User.build({ name: 1 }).get('name'))]; },
  'sequelize validates and refuses': async () => { const sequelize = new Sequelize('postgres://a:b@127.0.0.1:1/c', { logging: false, dialectModule: pg }); const User = sequelize.define('User', { name: { type: DataTypes.STRING, validate: { isEmail: true } } }); return [await User.build({ name: 'x' }).validate().catch((error) => error.message), await refused(sequelize.authenticate())]; },
  typeorm: async () => { const User = new EntitySchema({ name: 'user', columns: { id: { type: Number, primary: true, generated: true }, name: { type: String } } }); const source = new DataSource({ type: 'postgres', host: '127.0.0.1', port: 1, entities: [User] }); return [source.isInitialized, source.options.type, await refused(source.initialize())]; },
});
