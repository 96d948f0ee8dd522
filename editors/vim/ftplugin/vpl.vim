" Vim filetype plugin file
" Language: VPL

if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1
let s:cpo_save = &cpo
set cpo&vim

setlocal expandtab shiftwidth=4 softtabstop=4 textwidth=120
setlocal iskeyword+=-
setlocal comments=sO:*\ -,mO:*\ \ ,exO:*/,s1:/*,mb:*,ex:*/,:///,:// commentstring=//\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal include=^\\s*import\\s\\+" suffixesadd=.vpl
setlocal define=^\\s*\\(rule\\\|policy\\\|let\\)\\>
if executable('vplc')
  setlocal formatexpr=VplFormat()
  setlocal keywordprg=vplc\ doc
endif
compiler vplc

let b:undo_ftplugin = 'setl et< sw< sts< tw< isk< com< cms< fo< inc< sua< def< fex< kp< mp< efm<'

" A part of a policy can't be read alone: `gq` over any lines formats them all, or changes nothing and says why.
function! VplFormat() abort
  if mode() =~# '[iR]'
    return 1
  endif
  let formatted = systemlist('vplc fmt -', getline(1, '$') + [''])
  if v:shell_error
    echohl ErrorMsg
    for line in formatted
      echomsg line
    endfor
    echohl None
    return 0
  endif
  let view = winsaveview()
  silent execute len(formatted) < line('$') ? (len(formatted) + 1) . ',$delete _' : ''
  call setline(1, formatted)
  call winrestview(view)
  return 0
endfunction

let &cpo = s:cpo_save
unlet s:cpo_save
