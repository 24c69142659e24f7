/* The program's entry: see cli/commands.c for what it can do. */
int main(void)
{
  return 0;
}
