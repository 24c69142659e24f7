/* Linked once a room with that room's whole library: it builds only if the room calls nothing above it. */
int main(void)
{
  return 0;
}
