/* Runs a fuzz target over the files named: the corpus as a regression test, with gcc, where there
 * is no libFuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static int replay(const char *path)
{
	static uint8_t octets[1 << 20];
	FILE *f = fopen(path, "rb");
	uint8_t *exact;
	size_t n;

	if (!f) {
		perror(path);
		return -1;
	}
	n = fread(octets, 1, sizeof(octets), f);
	fclose(f);
	exact = malloc(n ? n : 1); /* so that a sanitizer sees the first octet too far */
	if (!exact)
		return -1;
	memcpy(exact, octets, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	return 0;
}

int main(int argc, char **argv)
{
	int bad = 0;

	for (int i = 1; i < argc; i++)
		bad |= replay(argv[i]);
	printf("replayed %d seeds\n", argc - 1);
	return bad || argc == 1 ? EXIT_FAILURE : EXIT_SUCCESS;
}
