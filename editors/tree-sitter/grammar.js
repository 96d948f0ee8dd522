// The grammar of ../../grammar/vpl.y, sentence by sentence. Words, numbers and strings come from src/scanner.c, which reads
// them as ../../grammar/vpl.l does.

// Keywords that are words where a list of system calls, types or labels is expected, where an argument is, and in a list.
const KWORDS = [
  'read', 'write', 'link', 'exec', 'access', 'mount', 'umount', 'pivot_root', 'bind', 'connect', 'signal', 'ptrace', 'send',
  'unix', 'inet', 'mode', 'syscall', 'socket', 'capability', 'raw', 'lock', 'map', 'trace', 'receive', 'userns', 'test',
  'runtime',
];
const ARGWORDS = [
  ...KWORDS, 'policy', 'options', 'port', 'model', 'type', 'protocol', 'target', 'owner', 'set', 'from', 'to', 'at', 'peer',
];
const ANYWORDS = [
  ...ARGWORDS, 'vpl', 'import', 'as', 'let', 'rule', 'cluster', 'extends', 'override', 'abstract', 'in', 'where',
  'containers', 'init', 'privileged', 'enforcers', 'on', 'for', 'partial', 'violation', 'observe', 'allow', 'deny', 'only',
  'audit', 'best-effort', 'broad', 'use', 'except', 'default', 'when', 'errno', 'not', 'and', 'or', 'append', 'fstype',
  'traced-by', 'read-by', 'self', 'unconfined', 'require', 'host-path', 'writable', 'proc-mount', 'unmasked', 'entry',
  'expect', 'category', 'since', 'see', 'applies', 'abi',
];

const comma = (rule) => seq(rule, repeat(seq(',', rule)));
const words = ($, keywords) => choice(alias($.name, $.word), ...keywords.map((keyword) => alias(keyword, $.word)));
const modifiers = [optional('audit'), optional('best-effort'), optional('broad')];

module.exports = grammar({
  name: 'vpl',

  word: ($) => $._word,
  externals: ($) => [$._begin, $.name, $.number, $.version, $.duration, $.string, $.text, $.raw_text],
  extras: ($) => [/[ \t\r\n]/, $.doc_comment, $.comment],
  supertypes: ($) => [$._declaration, $._setting, $._statement, $._event],

  rules: {
    source_file: ($) => seq($._begin, optional($.header), repeat($._declaration)),
    header: ($) => seq('vpl', $.version, ';'),

    // ---- declarations ----
    _declaration: ($) => choice($.import, $.let, $.rule, $.alias, $.policy, $.test),
    import: ($) => seq('import', field('file', $.text), optional(seq('as', field('as', $.name))), ';'),
    let: ($) =>
      seq(
        'let',
        choice(seq(field('name', $.name), '=', field('value', $._value)), seq(field('name', $.group), '=', field('value', $.list))),
        optional($.except_value),
        ';',
      ),
    rule: ($) => seq('rule', field('name', $.name), optional($.parameters), field('body', alias($._rule_block, $.block))),
    alias: ($) => seq('rule', field('name', $.name), '=', $.rule_use, ';'),
    policy: ($) =>
      seq(
        optional(choice('cluster', 'abstract')),
        'policy',
        field('name', choice($.name, $.text)),
        optional(seq('extends', field('base', $.reference))),
        field('body', alias($._policy_block, $.block)),
      ),
    test: ($) =>
      seq(
        'test',
        field('title', $.text),
        'for',
        field('subject', choice($.reference, $.text, seq('rule', $.rule_use))),
        field('body', alias($._test_block, $.block)),
      ),
    parameters: ($) => seq('(', optional(comma($.parameter)), ')'),
    parameter: ($) => seq(field('name', $.name), optional(seq('=', field('default', $._value)))),

    // ---- blocks ----
    _rule_block: ($) =>
      seq('{', repeat(choice(alias($.part, $.rule), $.category, $.since, $.see, $.applies, $._statement)), '}'),
    part: ($) => seq('rule', field('name', $.name), field('body', alias($._rule_block, $.block))),
    category: ($) => seq('category', comma(choice($.name, $.string)), ';'),
    since: ($) => seq('since', $.string, ';'),
    see: ($) => seq('see', comma(choice($.name, $.string)), ';'),
    applies: ($) => seq('applies', 'privileged', ';'),

    _policy_block: ($) => seq('{', repeat(choice(seq(optional('override'), $._setting), $._statement, $.for_exec)), '}'),
    for_exec: ($) =>
      seq('for', 'exec', comma($._path), optional(seq('as', field('name', $.name))), field('body', alias($._policy_block, $.block))),

    _test_block: ($) => seq('{', repeat(choice($.actor, $.expect)), '}'),
    actor: ($) => seq('as', choice(seq('entry', $.string), seq('exec', comma($.string))), ';'),
    expect: ($) =>
      seq(
        'expect', optional('audit'), $.effect,
        choice($._event, seq($.syscall_event, 'abi', field('abi', $.name))), optional($.errno), ';',
      ),

    // ---- settings ----
    _setting: ($) => choice($.target, $.enforcers, $.privileged, $.mode, $.violation),
    target: ($) =>
      seq(
        'target',
        field('kind', $.name),
        optional(field('name', $.string)),
        optional(seq('in', field('namespace', $.text))),
        optional(seq('where', comma($.label))),
        choice(';', field('body', alias($._containers_block, $.block))),
      ),
    label: ($) =>
      choice(
        seq(optional('!'), $._label_key),
        seq($._label_key, choice('=', '!='), $.string),
        seq($._label_key, optional('not'), 'in', $.list),
      ),
    _label_key: ($) => field('key', choice(words($, ARGWORDS), $.string)),
    _containers_block: ($) => seq('{', repeat($.containers), '}'),
    containers: ($) => seq(optional('init'), 'containers', comma($.string), ';'),
    enforcers: ($) => seq('enforcers', comma($.reference), ';'),
    privileged: ($) => seq('privileged', ';'),
    mode: ($) =>
      seq(
        'mode',
        field('mode', $.name),
        optional(seq('for', $.duration)),
        optional(seq('from', optional('partial'), 'model', $.text)),
        optional(seq('on', field('base', $.reference), optional($.except_parts))),
        ';',
      ),
    violation: ($) => seq('on', 'violation', choice('deny', seq('audit', 'deny'), 'observe'), ';'),

    // ---- statements ----
    _statement: ($) => choice($.effect_statement, $.use, $.require, $.default_statement, $.raw, alias($.local_let, $.let)),
    effect: ($) => choice('allow', seq('allow', 'only'), 'deny'),
    effect_statement: ($) => seq(...modifiers, $.effect, $._event, optional($.errno), optional($.when), ';'),
    use: ($) => seq(...modifiers, 'use', choice(comma($.rule_use), seq($.rule_use, $.except_parts)), ';'),
    require: ($) => seq(...modifiers, 'require', comma($._requirement), ';'),
    _requirement: ($) =>
      choice(
        field('requirement', $.name),
        seq('host-path', $.string, 'at', $.string, optional('writable')),
        seq('proc-mount', 'unmasked'),
      ),
    default_statement: ($) =>
      seq('default', 'deny', choice(seq(comma($._class), optional($.errno)), seq($.syscall_event, optional($.errno), optional($.when))), ';'),
    raw: ($) => seq('raw', field('language', $.name), '"""', optional($.raw_text), '"""', ';'),
    local_let: ($) => seq('let', field('name', $.name), '=', field('value', $._value), optional($.except_value), ';'),

    rule_use: ($) => seq(field('rule', $.reference), optional($.arguments)),
    arguments: ($) => seq('(', optional(comma($.argument)), ')'),
    argument: ($) => seq(field('name', $.name), ':', field('value', $._value), optional($.except_value)),
    except_parts: ($) => seq('except', comma($.reference)),
    except_value: ($) => seq('except', $._value),
    errno: ($) => seq('errno', field('errno', $.name)),
    when: ($) => seq('when', optional('not'), 'capability', comma($._word_item)),
    _class: ($) =>
      words($, ['capability', 'mount', 'umount', 'pivot_root', 'socket', 'bind', 'connect', 'ptrace', 'signal', 'userns']),

    // ---- events ----
    _event: ($) =>
      choice(
        $.file_event,
        $.capability_event,
        $.mount_event,
        $.umount_event,
        $.pivot_root_event,
        $.socket_event,
        $.connect_event,
        $.bind_event,
        $.ptrace_event,
        $.signal_event,
        $.syscall_event,
        $.userns_event,
      ),
    file_event: ($) => seq(comma($._file_operation), $._paths, optional('owner'), optional(seq('to', comma($._path)))),
    _file_operation: ($) => choice('read', 'write', 'append', 'link', 'lock', 'map', 'exec', 'access'),
    capability_event: ($) => seq('capability', optional($._word_set)),
    mount_event: ($) => seq('mount', repeat($.mount_operand)),
    mount_operand: ($) =>
      choice(
        seq('fstype', choice($._words, comma($.string))),
        seq('options', optional('only'), $._words),
        seq(choice('from', 'to'), $._paths),
      ),
    umount_event: ($) => seq('umount', optional($._paths)),
    pivot_root_event: () => 'pivot_root',
    socket_event: ($) => seq('socket', optional($._word_set), optional($.socket_type), optional($.socket_protocol)),
    socket_type: ($) => seq('type', $._words),
    socket_protocol: ($) => seq('protocol', $._words),
    connect_event: ($) => seq('connect', optional($._address)),
    bind_event: ($) => seq('bind', optional($._address)),
    _address: ($) =>
      choice($.ports, seq('unix', optional($._paths)), seq('inet', optional($._paths)), seq('inet', optional($._paths), $.ports)),
    ports: ($) => seq('port', comma(choice($._number, $.range, $.reference, $.list))),
    ptrace_event: ($) => seq('ptrace', optional(comma(choice('trace', 'read', 'traced-by', 'read-by'))), optional($.peers)),
    signal_event: ($) =>
      seq('signal', optional(comma(choice('send', 'receive'))), optional(seq('set', $._words)), optional($.peers)),
    peers: ($) => seq('peer', comma(choice('self', 'runtime', 'unconfined', seq('policy', choice($.reference, $.text))))),
    userns_event: () => 'userns',

    syscall_event: ($) => seq('syscall', optional($._syscalls), optional($.where)),
    _syscalls: ($) => seq(comma($._syscall), optional(seq('except', comma($._syscall)))),
    _syscall: ($) => choice(words($, KWORDS), $.qualified_name, $.group, $.list, $.number, $.call),
    call: ($) => seq(field('name', words($, KWORDS)), '(', optional(comma($.call_argument)), ')'),
    call_argument: ($) => seq(field('name', words($, ARGWORDS)), ':', field('value', $._expression)),

    // ---- conditions ----
    where: ($) => seq('where', $._condition),
    _condition: ($) => choice($.or, $.and, $.not, $.parenthesized_condition, $.comparison, $.membership),
    or: ($) => prec.left(1, seq($._condition, 'or', $._condition)),
    and: ($) => prec.left(2, seq($._condition, 'and', $._condition)),
    not: ($) => prec(3, seq('not', $._condition)),
    parenthesized_condition: ($) => seq('(', $._condition, ')'),
    comparison: ($) =>
      seq($._tested, field('operator', choice('==', '!=', '<', '<=', '>', '>=')), field('value', $._expression)),
    membership: ($) => seq($._tested, optional('not'), 'in', field('values', $._value)),
    _tested: ($) => seq(field('argument', words($, ARGWORDS)), optional(seq('&', field('mask', $._atom)))),

    // ---- values ----
    _value: ($) => choice($._expression, $.list),
    list: ($) => seq('[', optional(seq(comma($._item), optional(','))), ']'),
    _item: ($) => choice($._item_atom, alias($.item_bits, $.bits)),
    _item_atom: ($) => choice(words($, ANYWORDS), $.qualified_name, $.string, $._number, $.range, $.group, $.list),
    item_bits: ($) => seq($._item_atom, repeat1(seq('|', $._atom))),
    _expression: ($) => choice($._atom, $.bits),
    bits: ($) => seq($._atom, repeat1(seq('|', $._atom))),
    _atom: ($) => choice($._number, $.reference, $.string, seq('(', $._expression, ')')),
    _number: ($) => choice($.number, $.negative),
    negative: ($) => seq('-', $.number),
    range: ($) => seq($._number, '..', $._number),

    _paths: ($) => seq(comma($._path), optional(seq('except', comma($._path)))),
    _path: ($) => choice($.string, $.reference, $.list),
    _words: ($) => comma($._word_item),
    _word_set: ($) => seq($._words, optional(seq('except', $._words))),
    _word_item: ($) => choice(words($, KWORDS), $.qualified_name, $.number, $.list),

    reference: ($) => prec.right(seq($.name, repeat(seq('.', $.name)))),
    qualified_name: ($) => seq($.name, '.', $.name),
    group: () => /@[a-z][a-z0-9]*(-[a-z0-9]+)*/,

    doc_comment: () => token(prec(1, /\/\/\/[^\n]*/)),
    comment: () => token(choice(/\/\/[^\n]*/, /\/\*[^*]*\*+([^/*][^*]*\*+)*\//)),
    _word: () => /[A-Za-z_][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*/,
  },
});
