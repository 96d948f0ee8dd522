((raw
  language: (name) @_language
  (raw_text) @injection.content)
  (#eq? @_language "seccomp")
  (#set! injection.language "json"))

((raw
  language: (name) @_language
  (raw_text) @injection.content)
  (#eq? @_language "apparmor")
  (#set! injection.language "apparmor"))
