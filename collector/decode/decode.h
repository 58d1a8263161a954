/* `weir decode`: a capture file through the same pipeline as the daemon's, printed. */
#pragma once

/* argv[0] is the name of the command, the options follow. Prints records to standard output and
 * ends with a line {"summary":{...}}. Returns the exit status: 0; 1 if the file or the output
 * failed; 2, with one line on standard error, if the command line is wrong. */
int decode_main(int argc, char **argv);
