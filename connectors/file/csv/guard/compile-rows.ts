import { passModule, variables } from "../../guard/pass-module.js";
import { valueAtAGlance } from "../../guard/value-code.js";
import { type ValueForm, valueKind } from "../../guard/value-form.js";
import { block, bytes16, type Code, call, get, i32, leave, leaveIf, loop, set, when } from "../../guard/wasm-code.js";
import type { RowForm } from "./row-form.js";

const [lineFeed, carriageReturn] = [0x0a, 0x0d];
const { end, at, inside, stops, digits: place, behind, sixteen } = variables;

/**
 * A WebAssembly module that passes rows of a form exactly as `passRows` does. What it does not see at a glance of a value it
 * asks `call(field, at)`: where the mark stands that ends the value, or a number below 0.
 */
export function compileRows(form: RowForm): Uint8Array {
  const { fields, delimiter, returns } = form;
  const lineEnd = returns ? carriageReturn : lineFeed;
  const values = fields.map((field, index) => {
    const stop = index === fields.length - 1 ? lineEnd : delimiter;
    return [passValue(field, index, stop, form), set(at, i32.add(get(behind), i32.const(1)))];
  });
  const hasLineFeed = i32.equal(i32.loadByte(get(at)), i32.const(lineFeed));
  const lineFeedToo = [leaveIf(1, i32.isZero(hasLineFeed)), set(at, i32.add(get(at), i32.const(1)))];
  return passModule([values, returns ? lineFeedToo : []]);
}

/*
 * A value's code stands in two blocks: leaving the inner one has the value looked at closely, leaving the outer one goes on
 * with what ends it at `behind`. The numbers count the blocks, loops and conditions around.
 */
function passValue(field: ValueForm, index: number, stop: number, form: RowForm): Code {
  const isStopAt = (address: Code) => i32.equal(i32.loadByte(address), i32.const(stop));
  const glance = field.kind === valueKind.text ? text(form) : valueAtAGlance(field);
  const askClosely = [set(behind, call(i32.const(index), get(at))), leaveIf(3, i32.less(get(behind), i32.const(0)))];
  return block(
    block(glance, leaveIf(1, isStopAt(get(behind)))),
    when(isStopAt(get(at)), [set(behind, get(at))], askClosely),
  );
}

function text(form: RowForm): Code {
  if (form.quote < 0) return unquoted(form);
  return when(i32.equal(i32.loadByte(get(at)), i32.const(form.quote)), [quoted(form.quote)], [unquoted(form)]);
}

/** Up to the first byte that is a mark. */
function unquoted({ marks }: RowForm): Code {
  const isMark = marks
    .map((mark) => bytes16.equal(get(sixteen), bytes16.every(mark)))
    .reduce((any, one) => bytes16.or(any, one));
  return [
    set(inside, get(at)),
    loop(
      set(sixteen, bytes16.load(get(inside))),
      set(stops, bytes16.highBits(isMark)),
      when(i32.isZero(get(stops)), [set(inside, i32.add(get(inside), i32.const(16))), leave(1)]),
    ),
    set(behind, i32.add(get(inside), i32.trailingZeros(get(stops)))),
  ];
}

/** Up to the quote that no other one follows; inside a condition. */
function quoted(quote: number): Code {
  const next = i32.loadByte(i32.add(get(inside), get(place)), 1);
  const isNotFirst = i32.and(get(stops), i32.subtract(get(stops), i32.const(1)));
  return [
    set(inside, i32.add(get(at), i32.const(1))),
    block(
      loop(
        leaveIf(3, i32.atLeast(get(inside), get(end))),
        set(stops, bytes16.highBits(bytes16.equal(bytes16.load(get(inside)), bytes16.every(quote)))),
        loop(
          when(i32.isZero(get(stops)), [set(inside, i32.add(get(inside), i32.const(16))), leave(2)]),
          set(place, i32.trailingZeros(get(stops))),
          leaveIf(2, i32.notEqual(next, i32.const(quote))),
          when(i32.equal(get(place), i32.const(15)), [set(inside, i32.add(get(inside), i32.const(17))), leave(2)]),
          set(stops, isNotFirst),
          set(stops, isNotFirst),
          leave(0),
        ),
      ),
    ),
    set(behind, i32.add(get(inside), i32.add(get(place), i32.const(1)))),
  ];
}
