[
  (block)
  (list)
  (raw)
  (comment)
] @fold
