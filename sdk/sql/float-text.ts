/**
 * The canonical text of a finite float (see `valueText`), given its shortest digits as a database prints them: `1e+21`,
 * `1.5e-07`, `1000.0`. An expression that DuckDB and Postgres both understand.
 */
export function floatText(text: string): string {
  const [mantissa, exponent] = [`split_part(${text}, 'e', 1)`, `cast(split_part(${text}, 'e', 2) as integer)`];
  const sign = `case when ${text} like '-%' then '-' else '' end`;
  const digits = `replace(replace(${mantissa}, '-', ''), '.', '')`;
  const small = `concat(${sign}, '0.', repeat('0', -1 - ${exponent}), ${digits})`;
  const whole = `concat(${sign}, rpad(${digits}, ${exponent} + 1, '0'))`;
  const split = `concat(${sign}, substr(${digits}, 1, ${exponent} + 1), '.', substr(${digits}, ${exponent} + 2))`;
  const far = `concat(${mantissa}, 'e', case when ${exponent} < 0 then '-' else '+' end, abs(${exponent}))`;
  return `case when ${text} is null then null when ${text} not like '%e%' then regexp_replace(${text}, '\\.0$', '')
    when ${exponent} between -6 and -1 then ${small}
    when ${exponent} not between 0 and 20 then ${far}
    when length(${digits}) > ${exponent} + 1 then ${split} else ${whole} end`;
}
