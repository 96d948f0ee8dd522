" Prints the runs of one syntax group in the file: LINE:COLUMN GROUP text
let s:out = []
for s:line in range(1, line('$'))
  let s:text = getline(s:line)
  let s:from = 0
  while s:from < len(s:text)
    let s:group = synIDattr(synID(s:line, s:from + 1, 1), 'name')
    let s:to = s:from + 1
    while s:to < len(s:text) && synIDattr(synID(s:line, s:to + 1, 1), 'name') ==# s:group
      let s:to += 1
    endwhile
    let s:run = substitute(s:text[s:from : s:to - 1], '^\s\+\|\s\+$', '', 'g')
    if s:group !=# '' && s:run !=# ''
      call add(s:out, s:line . ':' . (s:from + 1) . ' ' . s:group . ' ' . s:run)
    endif
    let s:from = s:to
  endwhile
endfor
call writefile(s:out, $OUT)
