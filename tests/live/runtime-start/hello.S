/* Says hello, and with -DSTAY stays until it is told to end. */
.globl _start
_start:
    mov $1, %eax
    mov $1, %edi
    lea text(%rip), %rsi
    mov $6, %edx
    syscall
#ifdef STAY
stay:
    mov $34, %eax
    syscall
    jmp stay
#endif
    mov $60, %eax
    xor %edi, %edi
    syscall
text: .ascii "hello\n"
.section .note.GNU-stack, "", @progbits
