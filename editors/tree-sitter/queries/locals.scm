(source_file) @local.scope
(rule) @local.scope
(block) @local.scope

(let name: (name) @local.definition)
(let name: (group) @local.definition)
(rule name: (name) @local.definition)
(alias name: (name) @local.definition)
(policy name: (name) @local.definition)
(parameter name: (name) @local.definition)

(reference (name) @local.reference)
(list (word) @local.reference)
(group) @local.reference
