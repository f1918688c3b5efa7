import { describe, expect, test } from "vitest";
import { render } from "./render.js";

const limited = expect.objectContaining({ code: "template.limit" });

describe("nothing of JavaScript or of Python's inside is reachable", () => {
  test.each([
    "{{ x.constructor }}",
    "{{ x['constructor'] }}",
    "{{ x.prototype }}",
    "{{ x.toString }}",
    "{{ x.hasOwnProperty }}",
    "{{ x.__proto__ }}",
    "{{ ''.length }}",
    "{{ [].push }}",
    "{{ [].constructor }}",
    "{{ now_utc.call }}",
    "{{ config.valueOf }}",
    "{{ config.__class__ }}",
    "{{ config['__class__'] }}",
    "{{ ''.__class__ }}",
    "{{ config._hash }}",
    "{{ (1).constructor }}",
    "{{ loop.constructor }}",
    "{{ namespace().constructor }}",
    "{{ 'x' | attr('constructor') }}",
    "{{ [1] | map(attribute='constructor') | first }}",
    "{{ '{0.constructor}'.format('x') }}",
    "{{ cycler(1).__init__ }}",
    "{{ (x | e).constructor }}",
    "{{ config.items.constructor }}",
  ])("%s is nothing", (template) => {
    expect(render(template, { x: "text", config: { a: 1 }, loop: {} })).toBe("");
  });

  test("using what is withheld is an error", () => {
    expect(() => render("{{ config.__class__.mro }}", { config: {} })).toThrow("unsafe");
    expect(() => render("{{ config.__class__() }}", { config: {} })).toThrow("unsafe");
    expect(() => render("{{ ''.__class__.mro() }}")).toThrow("unsafe");
  });

  test("names of JavaScript are no variables", () => {
    for (const name of ["constructor", "__proto__", "toString", "globalThis", "process", "range"]) {
      expect(() => render(`{{ ${name} }}`)).toThrow(expect.objectContaining({ code: "template.undefined_variable" }));
    }
  });
});

describe("a template that does too much is stopped", () => {
  test.each([
    "{{ 'x' * 1000000000 }}",
    "{{ [1] * 1000000000 }}",
    "{{ 'x'.ljust(1000000000) }}",
    "{{ 'x'.center(1000000000) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '{:1000000000}'.format(1) }}",
    "{{ 'x' | indent(1000000000) }}",
    "{{ ('a' * 1000000).replace('a', 'b' * 1000000) }}",
    "{% set l = [1] %}{% for i in l %}{% set _ = l.append(i) %}{% endfor %}",
    "{% set l = [[]] %}{% for a in 'x' * 200 %}{% for b in 'x' * 200 %}{% for c in 'x' * 200 %}.{% endfor %}{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% set ns = namespace(s='x') %}{% for i in 'x' * 100 %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
    "{{ [1, 2] | batch(2000000000, 0) | list }}",
    "{{ [1] | slice(2000000000) | list }}",
  ])("%s", (template) => expect(() => render(template)).toThrow(limited));

  test("nesting is bounded where it is parsed, and where values are printed", () => {
    expect(() => render(`{{ ${"(".repeat(5000)}1${")".repeat(5000)} }}`)).toThrow(
      expect.objectContaining({ code: "template.syntax" }),
    );
    expect(() => render(`{{ ${"not ".repeat(5000)}1 }}`)).toThrow(expect.objectContaining({ code: "template.syntax" }));
    expect(() => render(`{{ 1${" | abs".repeat(100_000)} }}`)).toThrow(limited);
    expect(() => render("{% set l = [] %}{% set _ = l.append(l) %}{{ l }}")).toThrow("nested too deeply");
    const twice = "{% set a = [] %}{% set b = [] %}{% set _ = a.append(a) %}{% set _ = b.append(b) %}{{ a == b }}";
    expect(() => render(twice)).toThrow("nested too deeply");
  });

  test.each(["{{ ns.l }}", "{{ ns.l == ns.m }}", "{{ ns.l < ns.m }}", "{{ ns.l | string }}"])(
    "a list that holds itself twice, and so on, has too many parts for %s",
    (use) => {
      const double = "{% for i in 'x' * 60 %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}";
      expect(() => render(`{% set ns = namespace(l=[1], m=[1]) %}${double}${use}`)).toThrow(limited);
    },
  );

  test("powers and long numbers are refused", () => {
    expect(() => render("{{ 9 ** (9 ** 9) }}")).toThrow("more than 16384 bits");
    const squares = "{% set ns = namespace(n=10) %}{% for i in 'x' * 99 %}{% set ns.n = ns.n * ns.n %}{% endfor %}";
    expect(() => render(squares)).toThrow("more than 16384 bits");
    expect(() => render(`{{ ${"9".repeat(5000)} }}`)).toThrow("more than 4300 digits");
    expect(() => render("{{ 10 ** 4500 }}")).toThrow("4300 digits");
  });

  test("limits can be set", () => {
    const limits = { steps: 50, characters: 20, depth: 5 };
    expect(render("{{ 1 }}", {}, { limits })).toBe("1");
    expect(() => render("{{ 'abcdefghijk' ~ 'abcdefghijk' }}", {}, { limits })).toThrow(limited);
    expect(() => render("{% for i in x %}{{ i }}{% endfor %}", { x: Array(60).fill(1) }, { limits })).toThrow(limited);
  });
});
