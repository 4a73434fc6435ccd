# One image for every role. The page assets and the letters' font come from npm during the build; nothing of npm stays in the image.
FROM node:22-bookworm-slim AS node

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /source
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props ./
COPY contracts contracts
COPY services services
COPY seeds seeds
# The embedded PostgreSQL is for machines without a server: here there is one.
RUN dotnet publish services/Host -c Release -o /publish && rm -rf /publish/postgresql

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /publish .
COPY --chmod=755 deploy/compose/sante /usr/local/bin/sante
# A named volume takes the owner of the folder it is first mounted on.
RUN mkdir /srv/courrier && chown $APP_UID:$APP_UID /srv/courrier
ENV Donnees__Dossier=/srv/courrier \
    DOTNET_EnableDiagnostics=0
USER $APP_UID
EXPOSE 8080
ENTRYPOINT ["dotnet", "Host.dll"]
CMD ["serve", "--urls", "http://0.0.0.0:8080"]
