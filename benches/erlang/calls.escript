#!/usr/bin/env escript
%%! +S 2 -noinput
%% A gen_server that adds one, and how often one process, and as many as there are schedulers, can call it in a second.
-mode(compile).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(State) -> {ok, State}.
handle_call(N, _From, State) -> {reply, N + 1, State}.
handle_cast(_, State) -> {noreply, State}.

main([Millis]) ->
    {ok, Server} = gen_server:start(?MODULE, 0, []),
    calls(Server, 200),
    Time = list_to_integer(Millis),
    io:format("~p ~p~n", [one(Server, Time), several(2, Server, Time)]).

one(Server, Millis) -> round(calls(Server, Millis) * 1000 / Millis).

several(Count, Server, Millis) ->
    Self = self(),
    Pids = [spawn_link(fun() -> Self ! {self(), calls(Server, Millis)} end) || _ <- lists:seq(1, Count)],
    Sum = lists:sum([receive {Pid, Calls} -> Calls end || Pid <- Pids]),
    round(Sum * 1000 / Millis).

calls(Server, Millis) -> calls(Server, erlang:monotonic_time(millisecond) + Millis, 0).

calls(Server, End, Count) ->
    case erlang:monotonic_time(millisecond) >= End of
        true -> Count;
        false -> hundred(Server, 100), calls(Server, End, Count + 100)
    end.

hundred(_, 0) -> ok;
hundred(Server, N) ->
    _ = gen_server:call(Server, N),
    hundred(Server, N - 1).
