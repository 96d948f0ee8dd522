au BufRead,BufNewFile *.vpl setfiletype vpl
