// handlebars, mustache, ejs, marked, cheerio.
import { table, caught } from '../table.cjs';
import Handlebars from 'handlebars';
import Mustache from 'mustache';
import ejs from 'ejs';
import { marked } from 'marked';
import * as cheerio from 'cheerio';

const data = { title: '<Orders>', list: [{ n: 1, ok: true }, { n: 2 }], user: { name: 'Ada' } };

export const handler = table({
  handlebars: () => { Handlebars.registerHelper('loud', (text) => new Handlebars.SafeString(`${text}!`)); Handlebars.registerPartial('row', '<li>{{n}}{{#if ok}}+{{else}}-{{/if}}</li>'); return [Handlebars.compile('{{title}} {{{title}}} {{#each list}}{{@index}}{{> row}}{{/each}} {{#with user}}{{loud name}}{{/with}} {{lookup list 0}}')(data), caught(() => Handlebars.compile('{{#if}}x')(data)).split('\n')[0], Handlebars.precompile('{{a}}').length > 50]; },
  mustache: () => [Mustache.render('{{title}} {{&title}} {{#list}}{{n}},{{/list}}{{^none}}no{{/none}} {{#up}}x{{user.name}}{{/up}} {{> p}}', { ...data, up: () => (text, render) => render(text).toUpperCase() }, { p: 'partial {{user.name}}' }), caught(() => Mustache.render('{{#a}}', {}))],
  ejs: async () => [ejs.render('<%= title %> <%- title %> <% for (const one of list) { -%>\n<%= one.n %>\n<% } -%>', data), await ejs.render('<%= await slow %>', { slow: Promise.resolve(5) }, { async: true }), caught(() => ejs.render('<%= nothing.here %>', data)).split('\n')[0], ejs.render('<?= a ?>', { a: 1 }, { delimiter: '?' })],
  marked: () => [marked.parse('# Títle\n\n* a\n* [b](http://x.y "t")\n\n```js\nlet a = 1 < 2;\n```\n\n| a | b |\n|---|:-:|\n| 1 | **2** |\n\n> quote `code` ~~gone~~ <b>raw</b>\n'), marked.parseInline('*a* &amp; __b__')],
  cheerio: () => { const $ = cheerio.load('<ul id="l"><li class="a">one</li><li>two <b>x</b></li></ul><p data-x="1">é &amp;</p>'); $('li').last().addClass('z').append('<i>new</i>'); return [$('#l > li.a').text(), $('li').map((at, one) => $(one).text()).get(), $.html('#l'), $('p').data('x'), $('p').text(), $('li:contains("two")').attr('class'), cheerio.load('<a><b/></a>', { xml: true }).xml()]; },
});
