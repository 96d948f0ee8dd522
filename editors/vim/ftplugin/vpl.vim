" Vim filetype plugin file
" Language: VPL

if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal expandtab shiftwidth=4 softtabstop=4 textwidth=120
setlocal iskeyword+=-
setlocal comments=sO:*\ -,mO:*\ \ ,exO:*/,s1:/*,mb:*,ex:*/,:///,:// commentstring=//\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal include=^\\s*import\\s\\+" suffixesadd=.vpl
setlocal define=^\\s*\\(rule\\\|policy\\\|let\\)\\>
if executable('vplc')
  " gggqG formats the whole file.
  setlocal formatprg=vplc\ fmt\ -
  setlocal keywordprg=vplc\ doc
endif
compiler vplc

let b:undo_ftplugin = 'setl et< sw< sts< tw< isk< com< cms< fo< inc< sua< def< fp< kp< mp< efm<'
