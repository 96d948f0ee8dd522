" Vim compiler file
" Compiler: vplc, which compiles VPL

if exists('current_compiler')
  finish
endif
let current_compiler = 'vplc'
let s:cpo_save = &cpo
set cpo&vim

CompilerSet makeprg=vplc\ check\ %:S
CompilerSet errorformat=%f:%l:%c:\ %trror[VPL%n]:\ %m,%f:%l:%c:\ %tarning[VPL%n]:\ %m,%f:%l:%c:\ %tote[VPL%n]:\ %m
CompilerSet errorformat+=vplc:\ %trror[VPL%n]:\ %m,%-G%.%#

let &cpo = s:cpo_save
unlet s:cpo_save
