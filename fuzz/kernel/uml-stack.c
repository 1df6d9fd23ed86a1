/*
 * How User Mode Linux saves where a stack is, in place of its own way: KASAN asks at every allocation and at every free, and
 * that looks at every word of the stack. With frame pointers it is enough to follow them, and what is saved is what was called.
 */
static void __save_stack_trace(struct task_struct *tsk, struct stack_trace *trace)
{
	struct pt_regs *segv_regs = tsk->thread.segv_regs;
	unsigned long sp = (unsigned long)get_stack_pointer(tsk, segv_regs);
	unsigned long end = (sp | (THREAD_SIZE - 1)) + 1;
	unsigned long bp = get_frame_pointer(tsk, segv_regs);

	while (trace->nr_entries < trace->max_entries && bp >= sp &&
	       bp <= end - sizeof(struct stack_frame) &&
	       IS_ALIGNED(bp, sizeof(long))) {
		struct stack_frame *frame = (struct stack_frame *)bp;
		unsigned long addr = READ_ONCE_NOCHECK(frame->return_address);

		if (!__kernel_text_address(addr))
			break;
		trace->entries[trace->nr_entries++] = addr;
		sp = bp + sizeof(*frame);
		bp = (unsigned long)READ_ONCE_NOCHECK(frame->next_frame);
	}
}
