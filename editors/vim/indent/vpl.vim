" Vim indent file
" Language: VPL, as `vplc fmt` lays it out

if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=VplIndent(v:lnum)
setlocal indentkeys=0{,0},0],0),!^F,o,O
setlocal nosmartindent
let b:undo_indent = 'setl inde< indk< si<'

if exists('*VplIndent')
  finish
endif
let s:cpo_save = &cpo
set cpo&vim

let s:text = 'synIDattr(synID(line("."), col("."), 1), "name") =~# "^vpl\\%(Comment\\|Doc\\|Todo\\|String\\|Escape\\|Splice\\|Raw\\)"'

" The line without comments, and with nothing in its strings.
function! s:Code(lnum) abort
  let line = substitute(getline(a:lnum), '"\%(\\.\|[^"\\]\)*"', '""', 'g')
  let line = substitute(line, '/\*.\{-}\%(\*/\|$\)', '', 'g')
  return substitute(substitute(line, '//.*', '', ''), '\s\+$', '', '')
endfunction

" In a comment of many lines, or in raw text: nothing to say about it.
function! s:Inside(lnum) abort
  return synIDattr(synID(a:lnum, 1, 1), 'name') =~# '^\%(vplComment\|vplRaw\|json\|aa\|sd\)' &&
        \ getline(a:lnum) !~# '^\s*/[/*]' || getline(a:lnum) =~# '^\s*"""'
endfunction

" The nearest line before with code on it, 0 if there is none.
function! s:Before(lnum) abort
  let lnum = prevnonblank(a:lnum - 1)
  while lnum > 0 && (s:Code(lnum) =~# '^\s*$' || s:Inside(lnum) && getline(lnum) !~# '^\s*"""')
    let lnum = prevnonblank(lnum - 1)
  endwhile
  return lnum
endfunction

function! s:Ends(lnum) abort
  return a:lnum == 0 || s:Code(a:lnum) =~# '[;{}]$'
endfunction

" The line on which a statement begins that is on this one.
function! s:Begin(lnum) abort
  let lnum = a:lnum
  while !s:Ends(s:Before(lnum))
    let lnum = s:Before(lnum)
  endwhile
  return lnum
endfunction

" Whether the statement that goes on here ends with a block.
function! s:IsHeader(lnum) abort
  let lnum = a:lnum
  while lnum <= line('$')
    let code = s:Code(lnum)
    if code =~# '[;{}]'
      return matchstr(code, '[;{}]') ==# '{'
    endif
    let lnum += 1
  endwhile
  return 0
endfunction

function! VplIndent(lnum) abort
  if s:Inside(a:lnum)
    return -1
  endif
  call cursor(a:lnum, 1)
  let [open, column] = searchpairpos('[\[({]', '', '[\])}]', 'bnW', s:text)
  let before = s:Before(a:lnum)
  let bracket = open ? getline(open)[column - 1] : ''
  let first = getline(a:lnum)[match(getline(a:lnum), '\S')]
  if bracket ==# '{' || bracket ==# ''
    let base = open ? indent(s:Begin(open)) + shiftwidth() : 0
    if first ==# '}'
      return base - shiftwidth()
    endif
    return s:Ends(before) ? base : base + (s:IsHeader(a:lnum) ? 2 : 1) * shiftwidth()
  endif
  if s:Code(open) =~# '[\[(]$'
    if first =~# '[\])]'
      return indent(open)
    endif
    return indent(open) + (s:Code(before) =~# '[\[(,]$' ? 1 : 2) * shiftwidth()
  endif
  return indent(open) + shiftwidth()
endfunction

let &cpo = s:cpo_save
unlet s:cpo_save
