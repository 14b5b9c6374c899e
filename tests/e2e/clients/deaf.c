/* Sends questions with libriemann and never reads an answer; prints how many it sent until the server would have no more. */

#include <riemann/riemann-client.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

/* Answers to so many fit in no buffers of any system. */
#define MOST 20000000

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    signal(SIGPIPE, SIG_IGN);
    riemann_client_t *client = riemann_client_create(RIEMANN_CLIENT_TCP, argv[1], atoi(argv[2]), RIEMANN_CLIENT_OPTION_NONE);
    if (client == NULL)
        return 1;
    int small = 4096;
    setsockopt(riemann_client_get_fd(client), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    riemann_message_t *message = riemann_message_create_with_query(riemann_query_new("true"));
    long sent = 0;
    while (sent < MOST && riemann_client_send_message(client, message) == 0)
        sent++;
    printf("%ld\n", sent);
    riemann_message_free(message);
    riemann_client_free(client);
    return sent < MOST ? 0 : 3;
}
