int check(const int *seen);

int evaluate(const int *const *inputs, unsigned count)
{
	return inputs[count - 1] != 0;
}

int main(int argc, char **argv)
{
	(void)argv;
	return check(&argc) == 4;
}
