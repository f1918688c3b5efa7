import { describe, expect, test } from "vitest";
import { compileTemplate } from "../../../../connectors/airbyte-manifest/jinja/template.js";
import { render } from "./render.js";

const context = {
  config: { n: 7, s: "hello", list: [3, 1, 2], none: null, nested: { a: [{ b: "deep" }] }, items: "attribute first" },
  x: 3,
};

describe("a template writes what Jinja writes", () => {
  test.each([
    // expressions and their precedence
    ["{{ 1 ~ 2 * 3 ~ 4 }}", "164"],
    ["{{ -x ** 2 }}", "9"],
    ["{{ 2 ** 3 ** 2 }}", "64"],
    ["{{ 7 // 2 * 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }}", "6 -4 2 3.5"],
    ["{{ not x in [3] }} {{ x not in [3] }} {{ 1 < x < 3 }}", "False False False"],
    ["{{ x or 1 }} {{ none and 1 }} {{ '' or [] }}", "3 None []"],
    ["{{ 'a' 'b' }}{{ \"\\u00e9\\x41\\q\" }}", "abéA\\q"],
    ["{{ 1_000 + 0x1f }} {{ 1.5e3 }}", "1031 1500.0"],
    ["{{ 1, 2 }} {{ (1,) }} {{ [1,] }} {{ {'a': 1,} }}", "(1, 2) (1,) [1] {'a': 1}"],
    ["{{ 'y' if x > 5 else 'n' }}{{ 'gone' if x > 5 }}", "n"],
    // subscripts
    ["{{ config.s[1:3] }} {{ config.s[::-1] }} {{ config.s[-1] }} {{ config.list.0 }}", "el olleh o 3"],
    ["{{ config.nested['a'][0].b }} {{ config.missing }}|{{ config.list[9] }}", "deep |"],
    ["{{ config['items'] }} {{ config.get('nope', 'd') }}", "attribute first d"],
    ["{{ '☃😀é'[1] }}{{ '☃😀é'[1:] }}{{ '☃😀é' | length }}", "😀😀é3"],
    // tests and filters
    ["{{ x is divisibleby 3 }} {{ x is not none }} {{ config.nope is defined }}", "True True False"],
    ["{{ config.list | sort | map('string') | join('-') }}", '"""1"""-"""2"""-"""3"""'],
    ["{{ ['a', 'B'] | map('upper') | list }}", "['A', 'B']"],
    ["{{ [{'k': 1}, {'k': 2}] | selectattr('k', 'gt', 1) | map(attribute='k') | first }}", "2"],
    ["{{ '42.7' | int }} {{ '2024-01' | int }} {{ 'x' | int(5) }} {{ '1e3' | float }}", "42 0 5 1000.0"],
    ["{{ 2.5 | round }} {{ 42.55 | round(1, 'floor') }} {{ 1 | round }}", "2.0 42.5 1"],
    ["{{ '' | default('d') }}|{{ '' | default('d', true) }}", "|d"],
    ["{{ {'b': 1, 'a': [1.0, none]} | tojson }}", '{"a": [1.0, null], "b": 1}'],
    ["{{ 'a b/é' | urlencode }} {{ {'q': 'a b'} | urlencode }}", "a%20b/%C3%A9 q=a+b"],
    [
      "{{ 'abc' | hash }} {{ 'abc' | hmac('k') }}",
      "900150983cd24fb0d6963f7d28e17f72 342e519ce0ad6c03a36b98eeb3f1d130db4813b9df4d1160eda488d712dc78ee",
    ],
    ["{{ 'añb' | base64encode }} {{ 'YcOxYg==' | base64decode }}", "YcOxYg== añb"],
    ["{{ '/items?page=12' | regex_search('page=(\\\\d+)') }}", "12"],
    // methods
    [
      "{{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a-b-c'.rsplit('-', 1) }}",
      "['a', 'b', '', 'c'] ['a', 'b'] ['a-b', 'c']",
    ],
    ["{{ '%s is %05.1f%%' % ('x', 3.14159) }} {{ '{0!r:>5}|{a[k]}'.format('y', a={'k': 1}) }}", "x is 003.1%   'y'|1"],
    ["{{ 'x'.zfill(3) }}{{ 'Ab'.swapcase() }}{{ 'a b'.title() }}{{ 'aXbX'.replace('X', '-', 1) }}", "00xaBA Ba-bX"],
    ["{{ {'a': 1}.items() }} {{ {'a': 1}.keys() | list }}", "dict_items([('a', 1)]) ['a']"],
    // statements
    ["{% if x > 5 %}a{% elif x == 3 %}b{% else %}c{% endif %}", "b"],
    [
      "{% for i in config.list if i > 1 %}{{ loop.index }}/{{ loop.length }}:{{ i }}{{ ',' if not loop.last }}{% else %}none{% endfor %}",
      "1/2:3,2/2:2",
    ],
    ["{% for i in [] %}x{% else %}none{% endfor %}", "none"],
    ["{% for k, v in {'a': 1}.items() %}{{ k }}={{ v }}{% endfor %}", "a=1"],
    ["{% for i in [1, 2] %}{% set x = i %}{% endfor %}{{ x }}", "3"],
    ["{% set ns = namespace(t=0) %}{% for i in config.list %}{% set ns.t = ns.t + i %}{% endfor %}{{ ns.t }}", "6"],
    ["{% set ids = [] %}{% for i in config.list %}{% set _ = ids.append(i) %}{% endfor %}{{ ids }}", "[3, 1, 2]"],
    ["{% set v %}<{{ x }}>{% endset %}{{ v }}{% set v | upper %}b{% endset %}{{ v }}", "<3>B"],
    ["{% macro m(a, b=2) %}[{{ a }}{{ b }}]{% endmacro %}{{ m(1) }}{{ m(1, b=3) }}", "[12][13]"],
    ["{% macro m() %}<{{ caller(5) }}>{% endmacro %}{% call(n) m() %}in{{ n }}{% endcall %}", "<in5>"],
    ["{% for i in [[1, [2]], [3, []]] recursive %}{{ i[0] }}{{ loop.depth }}{% endfor %}", "1131"],
    ["{% with q = 2 %}{{ q }}{% endwith %}{% filter upper %}a{{ x }}{% endfilter %}", "2A3"],
    ["a {#- c -#} b {%- raw %} {{ x }} {% endraw -%} c", "ab {{ x }} c"],
    ["{%- if true -%} a {%- endif -%}\n b\n", "ab"],
  ])("%s", (template, text) => expect(render(template, context)).toBe(text));
});

test("an undefined value is an empty sequence", () => {
  expect(render("<{{ config.missing | first }}{{ config.missing | last }}{{ config.missing | list }}>", context)).toBe(
    "<[]>",
  );
});

test("a value that is escaped stays escaped when other strings are added to it", () => {
  expect(render("{{ '<' | e + '<' }} {{ {'a': '<'} | tojson ~ '<' }}")).toBe('&lt;&lt; {"a": "\\u003c"}<');
});

describe("what a template takes from its context", () => {
  test.each([
    ["{{ a }}{{ a.b }}", ["a"]],
    ["{% set a = 1 %}{{ a }}{{ now_utc() }}", []],
    ["{{ a }}{% set a = 1 %}", ["a"]],
    ["{% for i in a %}{{ i }}{{ loop.index }}{{ b }}{% endfor %}{{ i }}", ["a", "b", "i"]],
    // Assigned only inside an if, even in every branch, a name counts as taken.
    ["{% if a %}{% set b = 1 %}{% else %}{% set b = 2 %}{% endif %}{{ b }}", ["a", "b"]],
    ["{% macro m(p) %}{{ p }}{{ q }}{% endmacro %}{{ m(1) }}", ["q"]],
  ])("%s", (template, names) => expect([...compileTemplate(template).names].sort()).toEqual(names));

  test("a name that the context lacks is an error that tells the ones it has", () => {
    expect(() => render("{{ json_loads(config) }}", { config: {} })).toThrow(
      expect.objectContaining({ code: "template.undefined_variable", hint: expect.stringContaining("config") }),
    );
  });
});

describe("what does not parse is refused with its line", () => {
  test.each([
    "{{",
    "{{ a b }}",
    "{% for %}",
    "{% if a %}",
    "{{ 'a }}",
    "{{ a | nosuch }}",
    "{{ (a] }}",
    "{% nosuch %}",
    "{{ 1 is nosuch }}",
    "{# open",
    "{{ $ }}",
  ])("%s", (template) => {
    expect(() => compileTemplate(template)).toThrow(expect.objectContaining({ code: "template.syntax" }));
  });

  test("under a condition an unknown filter is an error only when it is reached", () => {
    expect(render("{% if false %}{{ 1 | nosuch }}{% endif %}ok")).toBe("ok");
    expect(() => render("{% if true %}{{ 1 | nosuch }}{% endif %}")).toThrow("No filter named 'nosuch'");
  });
});

describe("Python's exceptions are failures of the template", () => {
  test.each([
    ["{{ config.missing.deep }}", "template.undefined", "'dict object' has no attribute 'missing'"],
    ["{{ config.none.get('a') }}", "template.undefined", "'None' has no attribute 'get'"],
    ["{{ config.n + 'a' }}", "template.failed", "unsupported operand type(s) for +: 'int' and 'str'"],
    ["{{ 'a' + 1 }}", "template.failed", 'can only concatenate str (not "int") to str'],
    ["{{ 'a' in config.n }}", "template.failed", "argument of type 'int' is not iterable"],
    ["{{ config() }}", "template.failed", "'dict' object is not callable"],
    ["{{ 1 // 0 }}", "template.failed", "integer division or modulo by zero"],
    ["{{ config.n[1:] }}", "template.failed", "'int' object is not subscriptable"],
    ["{{ dict(config.missing) }}", "template.undefined", "'dict object' has no attribute 'missing'"],
    ["{{ '%(a)s' % config.missing }}", "template.undefined", "'dict object' has no attribute 'missing'"],
    ["{{ '%d' % config.missing }}", "template.undefined", "'dict object' has no attribute 'missing'"],
    ["{{ '%x' % config.missing }}", "template.failed", "an integer is required, not Undefined"],
    ["{{ config.missing | wordwrap(5) }}", "template.undefined", "'dict object' has no attribute 'missing'"],
    ["{{ today_utc().isoformat(' ') }}", "template.failed", "isoformat"],
  ])("%s", (template, code, message) => {
    expect(() => render(template, context)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});
